package org.imatrixstats.weights;

import java.util.Arrays;

/**
 * Which order statistics of n values stand for all of them: of each tenth of the sorted values the middles of
 * {@value #PER_DECILE} equal slices, or all values where there are no more. There are no random numbers in it, and both
 * tails are represented.
 */
final class Sample {
    static final int PER_DECILE = 150;
    private static final int DECILES = 10;

    private Sample() {
    }

    /** Ranks from 0, ascending. */
    static long[] ranks(long n) {
        long[] ranks = new long[DECILES * PER_DECILE];
        int size = 0;
        for (int decile = 0; decile < DECILES; decile++) {
            long start = tenths(n, decile);
            long width = tenths(n, decile + 1) - start;
            for (int j = 0; j < Math.min(width, PER_DECILE); j++) {
                ranks[size++] = start + (width <= PER_DECILE ? j : (2 * j + 1) * width / (2 * PER_DECILE));
            }
        }
        return Arrays.copyOf(ranks, size);
    }

    private static long tenths(long n, int number) {
        return Math.multiplyExact(n, number) / DECILES;
    }
}
