package org.imatrixstats.ggml.iq;

/** Scales of sub-blocks, stored as d · (2·level + 1). */
final class SubScales {
    final float[] values;
    final int[] levels;
    private final int highest;

    /** @param highest the highest level */
    SubScales(int count, int highest) {
        values = new float[count];
        levels = new int[count];
        this.highest = highest;
    }

    float max() {
        float max = 0;
        for (float value : values) {
            max = max > value ? max : value;
        }
        return max;
    }

    /** Sets the levels. Returns d, which maps the largest scale to the highest level; 0 if all scales are. */
    float quantize() {
        float max = max();
        float d = max / (2 * highest + 1);
        float inverse = 1 / d;
        for (int i = 0; i < values.length; i++) {
            levels[i] = max > 0 ? Grid.level(inverse * values[i], highest) : 0;
        }
        return d;
    }
}
