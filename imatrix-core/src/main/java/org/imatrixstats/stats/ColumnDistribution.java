package org.imatrixstats.stats;

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
    private static final int MANTISSA_BITS = 23;
    private static final int EXPONENT_BIAS = 127;
    /** The mantissa of √2, rounded up: from here on a number is in the upper half of its octave. */
    private static final int ROOT_OF_TWO = 0x3504f4;

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

    /** The bin of a number above 0; what is smaller than the smallest normal number counts as that. */
    public static int bin(float energy) {
        int bits = Float.floatToRawIntBits(energy);
        int exponent = Math.max(1, bits >>> MANTISSA_BITS) - EXPONENT_BIAS;
        int mantissa = bits >>> MANTISSA_BITS == 0 ? 0 : bits & (1 << MANTISSA_BITS) - 1;
        return 2 * exponent + (mantissa < ROOT_OF_TWO ? 0 : 1);
    }

    /** Where bin k begins: 2^(k/2). */
    public static double binStart(int k) {
        return Math.pow(2, k / 2.0);
    }

    /** The part of Σ that a column holds. */
    public double share(Channel channel) {
        return channel.energy / tensor.energy.sum();
    }
}
