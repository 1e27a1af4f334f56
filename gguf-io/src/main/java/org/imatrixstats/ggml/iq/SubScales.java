package org.imatrixstats.ggml.iq;

/** The scales of the sub-blocks of a block, which stores them as d · (2·level + 1). */
final class SubScales {
    final int[] levels;
    private final float[] scales;
    private final int highest;

    /** @param highest the highest level */
    SubScales(int count, int highest) {
        levels = new int[count];
        scales = new float[count];
        this.highest = highest;
    }

    int count() {
        return scales.length;
    }

    /** @throws ArithmeticException if this is not a scale */
    void set(int index, float scale) {
        if (!(scale >= 0)) {
            throw NearestPoint.overflow();
        }
        scales[index] = scale;
    }

    boolean areZero() {
        return max() == 0;
    }

    /** Sets the levels. Returns d, which maps the largest scale to the highest level. */
    float quantize() {
        float max = max();
        float d = max / (2 * highest + 1);
        float inverse = 1 / d;
        for (int i = 0; i < scales.length; i++) {
            levels[i] = max > 0 ? Grid.level(inverse * scales[i], highest) : 0;
        }
        return d;
    }

    private float max() {
        float max = 0;
        for (float scale : scales) {
            max = Math.max(max, scale);
        }
        return max;
    }
}
