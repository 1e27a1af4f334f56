package org.imatrixstats.ggml.fp4;

/** 4-bit floats with 2 bits of exponent and 1 of mantissa, times two: 0, 1, 2, 3, 4, 6, 8, 12 and their negatives. */
final class E2M1 {
    private static final byte[] VALUES = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    /** Of k = 0 … 20 halves, then of negative values. */
    private static final byte[] LEVELS = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 7, //
        0, 9, 9, 10, 10, 11, 11, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 14, 14, 15};

    private E2M1() {
    }

    /** Decodes count bytes; the low 4 bits are the first values, the high ones the second. */
    static void decode(byte[] from, int offset, int count, float scale, float[] into, int at) {
        for (int i = 0; i < count; i++) {
            int q = from[offset + i];
            into[at + i] = VALUES[q & 15] * scale;
            into[at + count + i] = VALUES[q >> 4 & 15] * scale;
        }
    }

    /**
     * Encodes 2·count values to the nearest of scale·{@link #VALUES}, to the first of several.
     *
     * @param magnitude the largest of the values
     */
    static void encode(float[] from, int at, int count, float scale, float magnitude, byte[] into, int offset) {
        // Where products or differences overflow or lose all their bits, the errors have to be compared.
        boolean ordinary = scale > 0x1p-100f && magnitude < 0x1p20f * scale && magnitude < 0x1p120f;
        for (int i = 0; i < count; i++) {
            float first = from[at + i];
            float second = from[at + count + i];
            int low = ordinary ? nearest(first, scale) : leastError(first, scale);
            int high = ordinary ? nearest(second, scale) : leastError(second, scale);
            into[offset + i] = (byte) (low | high << 4);
        }
    }

    /**
     * What {@link #leastError} gives. All midpoints between the values are multiples of a half, and half-way it is the
     * lower value: all of k/2 < |x|/scale <= (k + 1)/2 have the same level. The float below the quotient cut to an
     * integer is that k. Rounding the quotient moves it to no other k, since scale has few digits.
     */
    private static int nearest(float x, float scale) {
        float halves = Math.abs(2 * x) / scale;
        int k = (int) Float.intBitsToFloat(Float.floatToRawIntBits(halves) - 1);
        return LEVELS[Math.min(k, 20) + (x < 0 ? 21 : 0)];
    }

    private static int leastError(float x, float scale) {
        int best = 0;
        float least = Math.abs(VALUES[0] * scale - x);
        for (int i = 1; i < 16; i++) {
            float error = Math.abs(VALUES[i] * scale - x);
            if (error < least) {
                best = i;
                least = error;
            }
        }
        return best;
    }

    /** The largest magnitude; comparisons leave NaN out. */
    static float magnitude(float[] x, int at, int count) {
        float max = 0;
        for (int i = 0; i < count; i++) {
            float a = Math.abs(x[at + i]);
            max = max < a ? a : max;
        }
        return max;
    }
}
