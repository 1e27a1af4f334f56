package org.imatrixstats.ggml.iqk;

import org.imatrixstats.ggml.block.Rounding;

/** Finds d so that integers from -max to max - 1 times d are close to given scales. */
final class ScaleOfScales {
    private final int max;
    /** The inverse of the scale that the integers of the best fit come from. */
    private float inverse;

    ScaleOfScales(int max) {
        this.max = max;
    }

    /** The d with the smallest weighted error; 0 if all scales are 0. */
    float fit(float[] scale, int first, int count, float[] weight) {
        float extreme = 0;
        for (int b = first; b < first + count; b++) {
            extreme = Math.abs(scale[b]) > Math.abs(extreme) ? scale[b] : extreme;
        }
        inverse = 0;
        if (extreme == 0) {
            return 0;
        }
        float d = 0;
        float best = 0;
        // The extreme itself as -max comes first, so that it wins ties.
        for (int i = 0; i <= 18; i++) {
            int step = i == 0 ? 0 : i <= 9 ? i - 10 : i - 9;
            float candidate = -(max + 0.1f * step) / extreme;
            float sx = 0;
            float s2 = 0;
            for (int b = first; b < first + count; b++) {
                int s = round(candidate * scale[b]);
                sx += weight[b] * scale[b] * s;
                s2 += weight[b] * s * s;
            }
            if (i == 0 || s2 > 0 && sx * sx > best * s2) {
                inverse = candidate;
                d = s2 != 0 ? sx / s2 : 0;
                best = d * sx;
            }
        }
        return d;
    }

    /** The integer of a scale in the best fit. */
    int scale(float scale) {
        return round(inverse * scale);
    }

    private int round(float value) {
        return Math.clamp(Rounding.nearest(value), -max, max - 1);
    }
}
