package org.imatrixstats.ggml.legacy;

/** The values that set the scale of a block. Comparisons leave NaN out. */
final class Extremes {
    private Extremes() {
    }

    /** The value of the largest magnitude, with its sign; the first of several. */
    static float largest(float[] x, int at, int count) {
        float magnitude = 0;
        float largest = 0;
        for (int i = 0; i < count; i++) {
            float a = Math.abs(x[at + i]);
            if (magnitude < a) {
                magnitude = a;
                largest = x[at + i];
            }
        }
        return largest;
    }

    static float min(float[] x, int at, int count) {
        float min = Float.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            min = x[at + i] < min ? x[at + i] : min;
        }
        return min;
    }

    static float max(float[] x, int at, int count) {
        float max = -Float.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            max = x[at + i] > max ? x[at + i] : max;
        }
        return max;
    }
}
