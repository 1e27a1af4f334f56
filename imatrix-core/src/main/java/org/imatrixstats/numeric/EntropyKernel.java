package org.imatrixstats.numeric;

import java.util.Arrays;

/**
 * Adds up v·log2 v, and finds the extremes by the bits of the values. Each thread has its own instance.
 *
 * <p>A value is 2ᵉ·m with m from 1 to 2. With z = (m − √2) / (m + √2), log2 m is 1/2 + 2/ln 2 · (z + z³/3 + z⁵/5 + …). As |z| is
 * below 0.172, ten terms are enough: log2 v is right to 2⁻⁵⁰, and where |log2 v| > 1 to 2⁻⁵⁰ of it.
 *
 * <p>Values go through the loops in chunks, as the compiler makes vector instructions of small loops without tables.
 */
final class EntropyKernel {
    private static final int CHUNK = 256;
    private static final int FRACTION_BITS = 23;
    private static final int FRACTION = (1 << FRACTION_BITS) - 1;
    private static final int BIAS = 127;
    private static final double ROOT = Math.sqrt(2);
    /** m − √2 and m + √2 in units of the last bit of a float are the fraction less and plus these. */
    private static final double BELOW = (ROOT - 1) * (1 << FRACTION_BITS);
    private static final double ABOVE = (ROOT + 1) * (1 << FRACTION_BITS);
    private static final double TWO_PER_LN2 = 2 / Math.log(2);

    private final int[] bits = new int[CHUNK];
    /** e + 1/2. */
    private final double[] exponents = new double[CHUNK];
    /** The fraction of m, then z. */
    private final double[] z = new double[CHUNK];
    private final double[] z2 = new double[CHUNK];
    private final double[] series = new double[CHUNK];
    /** By place in the chunk. */
    private final double[] sums = new double[CHUNK];
    private int least;
    private int most;

    /**
     * Σ v·log2 v of v[from..to), which is not empty. A zero adds 0. What subnormal, negative and infinite values add is not
     * defined.
     */
    double sum(float[] v, int from, int to) {
        int places = Math.min(CHUNK, to - from);
        Arrays.fill(sums, 0, places, 0);
        least = Integer.MAX_VALUE;
        most = Integer.MIN_VALUE;
        for (int at = from; at < to; at += CHUNK) {
            int length = Math.min(CHUNK, to - at);
            takeBits(v, at, length);
            findExtremes(length);
            split(length);
            center(length);
            addTerms(length);
            addUp(v, at, length);
        }
        return total(sums, places);
    }

    /** The least bits as an int, of the values of the last sum: those of the least value if none is negative. */
    int leastBits() {
        return least;
    }

    /** The most, likewise. */
    int mostBits() {
        return most;
    }

    private void takeBits(float[] v, int from, int length) {
        for (int i = 0; i < length; i++) {
            bits[i] = Float.floatToRawIntBits(v[from + i]);
        }
    }

    private void findExtremes(int length) {
        int min = least;
        int max = most;
        for (int i = 0; i < length; i++) {
            min = Math.min(min, bits[i]);
            max = Math.max(max, bits[i]);
        }
        least = min;
        most = max;
    }

    private void split(int length) {
        for (int i = 0; i < length; i++) {
            exponents[i] = (bits[i] >>> FRACTION_BITS) - (BIAS - 0.5);
            z[i] = bits[i] & FRACTION;
        }
    }

    private void center(int length) {
        for (int i = 0; i < length; i++) {
            double centered = (z[i] - BELOW) / (z[i] + ABOVE);
            z[i] = centered;
            z2[i] = centered * centered;
        }
    }

    private void addTerms(int length) {
        for (int i = 0; i < length; i++) {
            double x = z2[i];
            series[i] = TWO_PER_LN2 + x * (TWO_PER_LN2 / 3 + x * (TWO_PER_LN2 / 5 + x * (TWO_PER_LN2 / 7
                    + x * (TWO_PER_LN2 / 9 + x * (TWO_PER_LN2 / 11 + x * (TWO_PER_LN2 / 13 + x * (TWO_PER_LN2 / 15
                            + x * (TWO_PER_LN2 / 17 + x * (TWO_PER_LN2 / 19)))))))));
        }
    }

    private void addUp(float[] v, int from, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += v[from + i] * (exponents[i] + z[i] * series[i]);
        }
    }

    /** Adds up partial sums in four sums, as one would have to wait for each addition. */
    static double total(double[] partialSums, int lanes) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int j = 0;
        for (; j < lanes - 3; j += 4) {
            first += partialSums[j];
            second += partialSums[j + 1];
            third += partialSums[j + 2];
            fourth += partialSums[j + 3];
        }
        for (; j < lanes; j++) {
            first += partialSums[j];
        }
        return first + second + (third + fourth);
    }
}
