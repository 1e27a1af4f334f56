package org.imatrixstats.numeric;

import java.util.Collection;

/**
 * How alike two vectors x and y are, from sums over the columns that both have.
 *
 * @param n         columns
 * @param dot       Σ x·y
 * @param normX     Σ x²
 * @param normY     Σ y²
 * @param comoment  Σ (x − x̄)(y − ȳ)
 * @param varianceX Σ (x − x̄)²
 * @param varianceY Σ (y − ȳ)²
 * @param distance2 Σ (x − y)²
 */
public record Similarity(long n, double dot, double normX, double normY, double comoment, double varianceX,
        double varianceY,
        double distance2) {

    /** The sums of several pairs of vectors together, each about its own means. */
    public static Similarity pool(Collection<Similarity> parts) {
        long n = 0;
        double[] sums = new double[7];
        for (Similarity part : parts) {
            n += part.n;
            sums[0] += part.dot;
            sums[1] += part.normX;
            sums[2] += part.normY;
            sums[3] += part.comoment;
            sums[4] += part.varianceX;
            sums[5] += part.varianceY;
            sums[6] += part.distance2;
        }
        return new Similarity(n, sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6]);
    }

    /** Σxy / √(Σx²·Σy²); NaN if one of them is all zero. */
    public double cosineSimilarity() {
        return clamp(dot / Math.sqrt(normX * normY));
    }

    /** √(Σ (x − y)²); NaN if a value is infinite. */
    public double l2Distance() {
        return n > 0 && Double.isFinite(distance2) ? Math.sqrt(distance2) : Double.NaN;
    }

    /** Pearson's correlation; NaN if one of them is constant. */
    public double pearson() {
        return clamp(comoment / Math.sqrt(varianceX * varianceY));
    }

    /** Of the population: divided by n. */
    public double covariance() {
        return comoment / n;
    }

    private static double clamp(double cosine) {
        return Math.clamp(cosine, -1, 1);
    }
}
