package org.imatrixstats.compare;

/**
 * Whether two files have the columns of a tensor in the same order. All are NaN where that is not defined.
 *
 * @param spearman   Pearson's correlation of the ranks; NaN if all are equal in a file
 * @param onePercent Jaccard index of the largest 1% of the columns of both files, rounded up
 * @param tenPercent that of the largest 10%
 */
public record RankAgreement(double spearman, double onePercent, double tenPercent) {
    static final RankAgreement UNDEFINED = new RankAgreement(Double.NaN, Double.NaN, Double.NaN);

    /** Jaccard index of two sets of one size, by how many members are in both. */
    static double jaccard(long both, long size) {
        return both / (double) (2 * size - both);
    }
}
