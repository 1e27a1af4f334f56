package org.imatrixstats.ggml.iqk;

/** Values that are only negative, zero or positive, as in BitNet and TriLM. */
final class Ternary {
    private Ternary() {
    }

    static float largest(float[] x, int at, int count) {
        float max = 0;
        for (int i = at; i < at + count; i++) {
            max = Math.max(max, Math.abs(x[i]));
        }
        return max;
    }

    /** 1 for less than half of the largest magnitude; beyond that 0 for negative and 2 for positive values. */
    static int code(float x, float largest) {
        return Math.abs(x) < 0.5f * largest ? 1 : x < 0 ? 0 : 2;
    }
}
