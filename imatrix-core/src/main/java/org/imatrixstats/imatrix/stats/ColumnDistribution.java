package org.imatrixstats.imatrix.stats;

import java.util.List;

/**
 * How E[x²] spreads over the columns of a tensor that have data: a histogram on a logarithmic scale, and the outliers.
 *
 * <p>Bin k holds the columns with 2^(k/2) ≤ E[x²] &lt; 2^((k+1)/2), half an octave, rounded to float32. The bins are the same
 * for every tensor, so that histograms can be laid over each other and added.
 *
 * @param tensor   the tensor
 * @param firstBin the number k of the first bin
 * @param counts   columns per bin; the first and the last bin hold some, or there are none
 * @param zeros    columns in which E[x²] is 0
 * @param top      the columns with the largest E[x²], largest first; of equal ones the first
 */
public record ColumnDistribution(TensorStats tensor, int firstBin, List<Long> counts, long zeros, List<Channel> top) {
    /**
     * One column.
     *
     * @param expert whose column it is; 0 for a tensor without experts
     * @param column its number, within the expert
     * @param energy E[x²]
     */
    public record Channel(int expert, long column, double energy) {
    }

    public ColumnDistribution {
        counts = List.copyOf(counts);
        top = List.copyOf(top);
    }

    /** Where bin k begins: 2^(k/2). */
    public static double binStart(int k) {
        return Math.pow(2, k / 2.0);
    }

    /** The part of Σ that a column holds. */
    public double share(Channel channel) {
        return channel.energy / tensor.energy.sum;
    }
}
