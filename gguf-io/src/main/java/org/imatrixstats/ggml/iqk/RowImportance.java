package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

/**
 * How much the error of each value of a row counts. With an importance matrix that is E[x²] of the column times
 * sqrt(σ² + x²), without one floor·σ² + x², where σ² is a multiple of the mean square of the 256 values around.
 *
 * @param sigma the multiple
 * @param floor how much of σ² counts without an importance matrix
 */
record RowImportance(float sigma, float floor) {
    private static final int SUPER_BLOCK = 256;
    private static final float TINY = 1e-9f;

    /** @param block values that share a scale; those with no importance at all get the same small weight each */
    float[] of(float[] x, int at, int columns, float[] weights, int block) {
        float[] column = weights == null ? null : usable(x, at, columns, weights, block);
        float[] importance = new float[columns];
        for (int start = 0; start < columns; start += SUPER_BLOCK) {
            float sum = 0;
            for (int i = start; i < start + SUPER_BLOCK; i++) {
                sum += x[at + i] * x[at + i];
            }
            float sigma2 = sigma * sum / SUPER_BLOCK;
            float least = floor == 0 ? 0 : floor * sigma2;
            for (int i = start; i < start + SUPER_BLOCK; i++) {
                float v = x[at + i];
                importance[i] = column == null
                        ? least + v * v
                        : column[i] * (float) Math.sqrt(Math.fma(v, v, sigma2));
            }
        }
        return importance;
    }

    /** The weights, but small constants where the weights or the values of a block are as good as zero. */
    static float[] usable(float[] x, int at, int columns, float[] weights, int block) {
        float[] usable = Arrays.copyOf(weights, columns);
        float least = block * (TINY * TINY);
        for (int start = 0; start < columns; start += block) {
            float w2 = 0;
            float x2 = 0;
            float wx = 0;
            for (int i = start; i < start + block; i++) {
                w2 = Math.fma(weights[i], weights[i], w2);
                x2 = Math.fma(x[at + i], x[at + i], x2);
                wx = Math.fma(weights[i], Math.abs(x[at + i]), wx);
            }
            if (!(w2 > least && x2 > least && wx > least)) {
                Arrays.fill(usable, start, start + block, TINY);
            }
        }
        return usable;
    }
}
