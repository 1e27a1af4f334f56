package org.imatrixstats.ggml.fp4;

/** 4-bit floats with 2 bits of exponent and 1 of mantissa, times two: 0, 1, 2, 3, 4, 6, 8, 12 and their negatives. */
final class E2M1 {
    private static final byte[] VALUES = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

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

    /** Encodes 2·count values. */
    static void encode(float[] from, int at, int count, float scale, byte[] into, int offset) {
        for (int i = 0; i < count; i++) {
            int low = nearest(from[at + i], scale);
            int high = nearest(from[at + count + i], scale);
            into[offset + i] = (byte) (low | high << 4);
        }
    }

    /** The first of the values nearest to x. */
    private static int nearest(float x, float scale) {
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
