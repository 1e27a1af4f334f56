package org.imatrixstats.ggml.block;

import java.util.Arrays;

/**
 * Searches for the scale d and the offset m ≤ 0 of values x ≈ d·q + m, with q in 0 … limit, that have the least
 * weighted error (make_qkx2_quants, make_qkx3_quants). The results are those of ggml to the last bit, so the sums run in
 * the order of the values and every product is rounded by itself.
 *
 * @param limit    the highest level
 * @param first    what the first try adds to {@code limit} for the inverse scale
 * @param step     what each further try adds
 * @param steps    tries after the first
 * @param absolute whether the error is Σ w·|difference| instead of Σ w·difference²
 */
public record MinSearch(int limit, float first, float step, int steps, boolean absolute) {
    /**
     * Leaves the levels in {@code levels}, and −m in {@code mins[index]}.
     *
     * @param weights weights of the values, from 0 on
     * @param scratch room for {@code count} levels
     * @return d
     */
    public float search(float[] x, int at, int count, float[] weights, byte[] levels, int levelsAt, float[] mins,
            int index, byte[] scratch) {
        float min = x[at];
        float max = x[at];
        float sumW = weights[0];
        float sumX = sumW * x[at];
        for (int i = 1; i < count; i++) {
            float value = x[at + i];
            if (value < min) {
                min = value;
            }
            if (value > max) {
                max = value;
            }
            sumW += weights[i];
            sumX += weights[i] * value;
        }
        if (min > 0) {
            min = 0;
        }
        if (max == min) {
            Arrays.fill(levels, levelsAt, levelsAt + count, (byte) 0);
            mins[index] = -min;
            return 0;
        }
        float range = max - min;
        float inverse = limit / range;
        float scale = 1 / inverse;
        float best = 0;
        for (int i = 0; i < count; i++) {
            int l = clamp(Rounding.nearest(inverse * (x[at + i] - min)));
            levels[levelsAt + i] = (byte) l;
            float difference = scale * l + min - x[at + i];
            best += weights[i] * (absolute ? Math.abs(difference) : difference * difference);
        }
        for (int s = 0; s <= steps; s++) {
            inverse = (first + step * s + limit) / (max - min);
            float sumL = 0;
            float sumL2 = 0;
            float sumXl = 0;
            for (int i = 0; i < count; i++) {
                int l = clamp(Rounding.nearest(inverse * (x[at + i] - min)));
                scratch[i] = (byte) l;
                float w = weights[i];
                sumL += w * l;
                sumL2 += w * l * l;
                sumXl += w * l * x[at + i];
            }
            float determinant = sumW * sumL2 - sumL * sumL;
            if (determinant > 0) {
                float triedScale = (sumW * sumXl - sumX * sumL) / determinant;
                float triedMin = (sumL2 * sumX - sumL * sumXl) / determinant;
                if (triedMin > 0) {
                    triedMin = 0;
                    triedScale = sumXl / sumL2;
                }
                float error = 0;
                for (int i = 0; i < count; i++) {
                    float difference = triedScale * scratch[i] + triedMin - x[at + i];
                    error += weights[i] * (absolute ? Math.abs(difference) : difference * difference);
                }
                if (error < best) {
                    System.arraycopy(scratch, 0, levels, levelsAt, count);
                    best = error;
                    scale = triedScale;
                    min = triedMin;
                }
            }
        }
        mins[index] = -min;
        return scale;
    }

    private int clamp(int level) {
        return Math.max(0, Math.min(limit, level));
    }
}
