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
}
