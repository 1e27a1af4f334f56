package org.imatrixstats.ggml.ik;

import java.util.Arrays;

import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.iq.ShiftSearch;

/** iq1_m with the weights and the search of ik_llama.cpp, {@link ShiftSearch}. */
public final class IQ1_M extends Reencoding {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = ShiftSearch.SIZE;
    private static final int BLOCKS = SUPER_BLOCK / BLOCK;
    private static final int BYTES = 56;
    private static final int HIGH = 32;
    private static final int SCALES = 48;
    private static final float NOTHING = 1e-7f;

    public IQ1_M() {
        super(new org.imatrixstats.ggml.iq.IQ1_M());
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        ShiftSearch search = new ShiftSearch();
        float[] scales = new float[BLOCKS];
        int[][] points = new int[BLOCKS][2];
        int[] shifts = new int[BLOCKS];
        Arrays.fill(into, offset, offset + columns / SUPER_BLOCK * BYTES, (byte) 0);
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES) {
            float max = 0;
            for (int b = 0; b < BLOCKS; b++) {
                boolean isZero = isZero(from, at + column + BLOCK * b);
                weigh(search.weights, from, at, weights, column + BLOCK * b);
                scales[b] = isZero ? 0 : search.fit(from, at + column + BLOCK * b);
                points[b] = isZero ? new int[2] : search.points.clone();
                shifts[b] = isZero ? 0 : search.shift();
                max = Math.max(max, scales[b]);
                into[offset + 2 * b] = (byte) points[b][0];
                into[offset + 2 * b + 1] = (byte) points[b][1];
                into[offset + HIGH + b] = (byte) (points[b][0] >> 8 | points[b][1] >> 8 << 4);
            }
            if (max == 0) {
                continue;
            }
            float d = max / 15;
            float sumQx = 0;
            float sumQ2 = 0;
            int[] words = new int[4];
            for (int b = 0; b < BLOCKS; b++) {
                int s = Math.clamp(Rounding.nearest(0.5f * (1 / d * scales[b] - 1)), 0, 7);
                words[b / 4] |= s << 3 * (b % 4);
                into[offset + HIGH + b] |= (byte) ((shifts[b] & 2) << 2 | (shifts[b] & 1) << 7);
                weigh(search.weights, from, at, weights, column + BLOCK * b);
                for (int i = 0; i < BLOCK; i++) {
                    float q = ShiftSearch.value(shifts[b], points[b], i) * (2 * s + 1);
                    sumQx = Math.fma(search.weights[i] * q, from[at + column + BLOCK * b + i], sumQx);
                    sumQ2 = Math.fma(search.weights[i] * q, q, sumQ2);
                }
            }
            int half = Float.floatToFloat16(1.085f * (sumQ2 > 0 ? sumQx / sumQ2 : d));
            for (int i = 0; i < 4; i++) {
                LittleEndian.putU16(into, offset + SCALES + 2 * i, words[i] | (half >> 4 * i & 15) << 12);
            }
        }
    }

    private static boolean isZero(float[] x, int at) {
        for (int i = at; i < at + BLOCK; i++) {
            if (Math.abs(x[i]) >= NOTHING) {
                return false;
            }
        }
        return true;
    }

    /** σ² is that of the 32 columns around. Weights that are zero wherever a value is not do not count. */
    private static void weigh(float[] into, float[] x, int at, float[] weights, int column) {
        float sigma2 = 1.5f * Importance.sumOfSquares(x, at + column - column % 32, 32) / 32;
        float sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            float v = x[at + column + i];
            into[i] = weights == null ? v * v : weights[column + i] * (float) Math.sqrt(Math.fma(v, v, sigma2));
            sum += into[i] * Math.abs(v);
        }
        if (sum == 0 && weights != null) {
            weigh(into, x, at, null, column);
        }
    }
}
