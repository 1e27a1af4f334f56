package org.imatrixstats.ggml.block;

/** Loops over the same element of many groups; see {@link GroupSearch}. */
final class Lanes {
    private Lanes() {
    }

    /** Every {@code stride}th value from {@code at} on. */
    static void gather(float[] from, int at, int stride, int count, float[] into) {
        for (int g = 0; g < count; g++) {
            into[g] = from[at + g * stride];
        }
    }

    /** Widens the range of each group to a value more. A NaN makes both ends NaN. */
    static void extremes(float[] x, float[] low, float[] high, int groups) {
        for (int g = 0; g < groups; g++) {
            low[g] = Math.min(low[g], x[g]);
            high[g] = Math.max(high[g], x[g]);
        }
    }
}
