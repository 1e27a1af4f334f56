package org.imatrixstats.ggml.block;

import java.util.Arrays;

/**
 * Searches for the scale d of values x ≈ d·q that has the least weighted squared error. The results are those of ggml
 * to the last bit, so the sums run in the order of the values and every product is rounded by itself.
 */
public final class ScaleSearch {
    /** Values whose largest magnitude is below this count as zeros. */
    public static final float EPSILON = 1e-15f;

    private ScaleSearch() {
    }

    /**
     * Levels −limit … limit − 1, stored as 0 … 2·limit − 1. Tries 19 scales around the one that maps the largest
     * magnitude to −limit (make_qx_quants).
     *
     * @param weights the weights of the values from {@code weightsAt} on; null for x²
     * @return d; may be negative
     */
    public static float symmetric(int limit, float[] x, int at, int count, float[] weights, int weightsAt,
            byte[] levels,
            int levelsAt) {
        float max = largest(x, at, count);
        if (Math.abs(max) < EPSILON) {
            Arrays.fill(levels, levelsAt, levelsAt + count, (byte) 0);
            return 0;
        }
        float inverse = -limit / max;
        float sumLx = 0;
        float sumL2 = 0;
        for (int i = 0; i < count; i++) {
            float value = x[at + i];
            int l = clamp(Rounding.nearest(inverse * value), limit);
            levels[levelsAt + i] = (byte) (l + limit);
            float w = weights == null ? value * value : weights[weightsAt + i];
            sumLx += w * value * l;
            sumL2 += w * l * l;
        }
        float scale = sumL2 != 0 ? sumLx / sumL2 : 0;
        float best = scale * sumLx;
        for (int step = -9; step <= 9; step++) {
            if (step == 0) {
                continue;
            }
            inverse = -(limit + 0.1f * step) / max;
            sumLx = 0;
            sumL2 = 0;
            for (int i = 0; i < count; i++) {
                float value = x[at + i];
                int l = clamp(Rounding.nearest(inverse * value), limit);
                float w = weights == null ? value * value : weights[weightsAt + i];
                sumLx += w * value * l;
                sumL2 += w * l * l;
            }
            if (sumL2 > 0 && sumLx * sumLx > best * sumL2) {
                for (int i = 0; i < count; i++) {
                    levels[levelsAt + i] = (byte) (limit + clamp(Rounding.nearest(inverse * x[at + i]), limit));
                }
                scale = sumLx / sumL2;
                best = scale * sumLx;
            }
        }
        return scale;
    }

    /**
     * Levels as in {@link #symmetric}, with weights x². Starts from the scale that maps the largest magnitude to
     * −limit, then moves one level at a time, as long as that helps, up to five rounds (make_q3_quants).
     */
    public static float stepwise(int limit, float[] x, int at, int count, byte[] levels, int levelsAt) {
        float max = largest(x, at, count);
        if (Math.abs(max) < EPSILON) {
            Arrays.fill(levels, levelsAt, levelsAt + count, (byte) 0);
            return 0;
        }
        float inverse = -limit / max;
        float sumLx = 0;
        float sumL2 = 0;
        for (int i = 0; i < count; i++) {
            float value = x[at + i];
            int l = clamp(Rounding.nearest(inverse * value), limit);
            levels[levelsAt + i] = (byte) l;
            float w = value * value;
            sumLx += w * value * l;
            sumL2 += w * l * l;
        }
        boolean changed = true;
        for (int round = 0; round < 5 && changed; round++) {
            changed = false;
            for (int i = 0; i < count; i++) {
                float value = x[at + i];
                int l = levels[levelsAt + i];
                float w = value * value;
                float lx = sumLx - w * value * l;
                if (lx > 0) {
                    float l2 = sumL2 - w * l * l;
                    int moved = clamp(Rounding.nearest(value * l2 / lx), limit);
                    if (moved != l) {
                        lx += w * value * moved;
                        l2 += w * moved * moved;
                        if (l2 > 0 && lx * lx * sumL2 > sumLx * sumLx * l2) {
                            levels[levelsAt + i] = (byte) moved;
                            sumLx = lx;
                            sumL2 = l2;
                            changed = true;
                        }
                    }
                }
            }
        }
        for (int i = 0; i < count; i++) {
            levels[levelsAt + i] += (byte) limit;
        }
        return sumL2 > 0 ? sumLx / sumL2 : 0;
    }

    /**
     * Levels 0 … limit of values that are positive as a rule, such as the scales of a super-block: nine scales, then
     * one level at a time as in {@link #stepwise} (make_qp_quants).
     */
    public static float positive(int limit, float[] x, int count, float[] weights, byte[] levels) {
        float max = 0;
        for (int i = 0; i < count; i++) {
            max = max > x[i] ? max : x[i];
        }
        if (max < EPSILON) {
            Arrays.fill(levels, 0, count, (byte) 0);
            return 0;
        }
        float inverse = limit / max;
        float scale = 1 / inverse;
        float best = 0;
        for (int i = 0; i < count; i++) {
            // The reference keeps levels in unsigned bytes; that of a negative value wraps, here and below.
            int l = Rounding.nearest(inverse * x[i]) & 0xff;
            float difference = x[i] - scale * l;
            best += weights[i] * difference * difference;
        }
        for (int step = -4; step <= 4; step++) {
            if (step == 0) {
                continue;
            }
            float tried = (0.1f * step + limit) / max;
            float triedScale = 1 / tried;
            float error = 0;
            for (int i = 0; i < count; i++) {
                int l = Math.min(limit, Rounding.nearest(tried * x[i]));
                float difference = x[i] - triedScale * l;
                error += weights[i] * difference * difference;
            }
            if (error < best) {
                best = error;
                inverse = tried;
            }
        }
        float sumLx = 0;
        float sumL2 = 0;
        for (int i = 0; i < count; i++) {
            int l = Math.min(limit, Rounding.nearest(inverse * x[i]));
            levels[i] = (byte) l;
            float w = weights[i];
            sumLx += w * x[i] * l;
            sumL2 += w * l * l;
        }
        boolean changed = true;
        for (int round = 0; round < 5 && changed; round++) {
            changed = false;
            for (int i = 0; i < count; i++) {
                float w = weights[i];
                int l = levels[i] & 0xff;
                float lx = sumLx - w * x[i] * l;
                float l2 = sumL2 - w * l * l;
                if (lx > 0 && l2 > 0) {
                    int moved = Math.min(limit, Rounding.nearest(x[i] * l2 / lx));
                    if (moved != l) {
                        lx += w * x[i] * moved;
                        l2 += w * moved * moved;
                        if (lx * lx * sumL2 > sumLx * sumLx * l2) {
                            levels[i] = (byte) moved;
                            sumLx = lx;
                            sumL2 = l2;
                            changed = true;
                        }
                    }
                }
            }
        }
        return sumL2 > 0 ? sumLx / sumL2 : 0;
    }

    /** The value of the largest magnitude, with its sign; the first of several. 0 if there is none but NaN. */
    private static float largest(float[] x, int at, int count) {
        float max = 0;
        float magnitude = 0;
        for (int i = 0; i < count; i++) {
            float a = Math.abs(x[at + i]);
            if (a > magnitude) {
                magnitude = a;
                max = x[at + i];
            }
        }
        return max;
    }

    private static int clamp(int level, int limit) {
        return Math.max(-limit, Math.min(limit - 1, level));
    }
}
