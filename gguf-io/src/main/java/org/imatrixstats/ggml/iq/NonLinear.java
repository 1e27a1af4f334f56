package org.imatrixstats.ggml.iq;

import java.util.Arrays;

/** What iq4_nl and iq4_xs share: 16 levels that lie closer together around zero, and the search for a scale. */
final class NonLinear {
    static final float[] LEVELS = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
    static final float EPSILON = 1e-15f;
    private static final int TRIES = 7;

    /**
     * The level that is nearest to an x of c - 128.25 to c - 127.25: {@code BASE[c]}, or the next from {@code BORDER[c]}
     * on. Borders between levels are at whole or half numbers or just below. Cells never meet there, so the rounding of
     * x + 128.25 does not matter.
     */
    private static final byte[] BASE = new byte[256];
    private static final float[] BORDER = new float[256];
    static {
        Arrays.fill(BORDER, Float.NaN); // Nothing is beyond NaN, not even infinity.
        int level = 0;
        for (int cell = 0; cell < BASE.length; cell++) {
            BASE[cell] = (byte) level;
            if (level < 15) {
                float border = border(LEVELS[level], LEVELS[level + 1]);
                if (border < cell - 127.25f) {
                    BORDER[cell] = border;
                    level++;
                }
            }
        }
    }

    private NonLinear() {
    }

    /** The least float that is not nearer to {@code low}. Both differences are rounded to floats before they compare. */
    private static float border(float low, float high) {
        float x = (low + high) / 2;
        while (!(Math.nextDown(x) - low < high - Math.nextDown(x))) {
            x = Math.nextDown(x);
        }
        return x;
    }

    /** The index of the level that is nearest to x, the higher one of two. x is a number. */
    static int nearest(float x) {
        int cell = Math.max(0, Math.min(255, (int) (x + 128.25f)));
        return BASE[cell] + (x >= BORDER[cell] ? 1 : 0);
    }

    /** As {@link #nearest}. NaN gives the highest level. It occurs if the inverse of a scale overflows. */
    static int nearestOrNaN(float x) {
        return x != x ? 15 : nearest(x);
    }

    /** The d with the least Σ w·(x − d·level)² for 32 values. It may be negative. 0 if all values are nearly zero. */
    static float scale(float[] x, int at, float[] weights) {
        float max = 0;
        float magnitude = 0;
        for (int i = 0; i < 32; i++) {
            float a = Math.abs(x[at + i]);
            if (a > magnitude) {
                magnitude = a;
                max = x[at + i];
            }
        }
        if (magnitude < EPSILON) {
            return 0;
        }
        float scale = 0;
        float best = 0;
        for (int t = -TRIES - 1; t <= TRIES; t++) {
            // The first try is like that of t = 0, but the scale is rounded before it is inverted.
            float inverse = t < -TRIES ? 1 / (-max / LEVELS[0]) : (t + LEVELS[0]) / max;
            float sumqx = 0;
            float sumq2 = 0;
            for (int i = 0; i < 32; i++) {
                float value = x[at + i];
                float q = LEVELS[nearest(inverse * value)];
                float wq = weights[i] * q;
                sumqx += wq * value;
                sumq2 += wq * q;
            }
            if (t < -TRIES) {
                scale = sumq2 > 0 ? sumqx / sumq2 : 0;
                best = scale * sumqx;
            } else if (sumq2 > 0 && sumqx * sumqx > best * sumq2) {
                scale = sumqx / sumq2;
                best = scale * sumqx;
            }
        }
        return scale;
    }

    /** Writes the levels of 32 values to 16 bytes: the first 16 in the low halves, the others in the high ones. */
    static void pack(float inverse, float[] x, int at, byte[] into, int offset) {
        for (int i = 0; i < 16; i++) {
            into[offset + i] = (byte) (nearestOrNaN(inverse * x[at + i]) | nearestOrNaN(inverse * x[at + 16 + i]) << 4);
        }
    }

    static void unpack(float scale, byte[] from, int offset, float[] into, int at) {
        for (int i = 0; i < 16; i++) {
            into[at + i] = scale * LEVELS[from[offset + i] & 15];
            into[at + 16 + i] = scale * LEVELS[from[offset + i] >> 4 & 15];
        }
    }
}
