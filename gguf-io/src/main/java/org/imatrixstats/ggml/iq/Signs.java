package org.imatrixstats.ggml.iq;

/**
 * Signs of eight values: bit i of a byte is set if value i is negative. Types that store seven signs make the number of
 * negative values even.
 */
final class Signs {
    /** 1 or -1 for value i of the signs s, at {@code 8 * s + i}. */
    static final float[] FACTORS = new float[256 * 8];
    static {
        for (int i = 0; i < FACTORS.length; i++) {
            FACTORS[i] = (i >> 3 >> (i & 7) & 1) == 0 ? 1 : -1;
        }
    }

    private Signs() {
    }

    /** All eight signs from the seven that are stored. */
    static int complete(int seven) {
        return seven | (Integer.bitCount(seven) & 1) << 7;
    }

    /** Splits eight values into magnitudes and signs. Returns the signs. */
    static int split(float[] from, int at, float[] magnitudes, int into) {
        int signs = 0;
        for (int i = 0; i < 8; i++) {
            float x = from[at + i];
            if (x >= 0) {
                magnitudes[into + i] = x;
            } else {
                magnitudes[into + i] = -x;
                signs |= 1 << i;
            }
        }
        return signs;
    }

    /**
     * As {@link #split}, but makes the number of negative signs even: if it is odd, the value with the least w·x² gets
     * the other sign and a negative magnitude.
     */
    static int splitEven(float[] from, int at, float[] weights, float[] magnitudes, int into) {
        int signs = split(from, at, magnitudes, into);
        if ((Integer.bitCount(signs) & 1) != 0) {
            int least = 0;
            float min = weights[into] * from[at] * from[at];
            for (int i = 1; i < 8; i++) {
                float ax = weights[into + i] * from[at + i] * from[at + i];
                if (ax < min) {
                    min = ax;
                    least = i;
                }
            }
            magnitudes[into + least] = -magnitudes[into + least];
            signs ^= 1 << least;
        }
        return signs;
    }
}
