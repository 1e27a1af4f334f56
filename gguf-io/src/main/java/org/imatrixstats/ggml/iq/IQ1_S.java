package org.imatrixstats.ggml.iq;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;

/**
 * 256 values in 8 sub-blocks of 32. A group of eight values is one of 2048 points of {-1, 0, 1}⁸. The values of a sub-block
 * are shifted by 1/8 up or down: x = d · (2·s + 1) · (value ± 1/8).
 *
 * <pre>
 * byte 0   2                           34                                         50
 *      | d | points, their low 8 bits | sub-block 0 | sub-block 1 | … | sub-block 7 |
 *
 * points: a byte for each of the 32 groups
 *
 * sub-block, a little-endian word; the high 3 bits of its four points
 * bit  0        3        6        9        12  15     16
 *      | high 0 | high 1 | high 2 | high 3 | s | down |
 * </pre>
 *
 * d is a half.
 */
public final class IQ1_S extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 50;
    private static final int SUB_BLOCK = 32;
    private static final int WORDS = 34;
    private static final float EPSILON = 1e-12f;

    public IQ1_S() {
        super(GgmlType.IQ1_S);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            float d = Half.get(from, offset);
            for (int b = 0; b < BLOCK / SUB_BLOCK; b++) {
                int word = LittleEndian.getU16(from, offset + WORDS + 2 * b);
                float scale = d * (2 * (word >> 12 & 7) + 1);
                float shift = (word & 0x8000) != 0 ? -Ternary.SHIFT : Ternary.SHIFT;
                for (int k = 0; k < 4; k++, at += 8) {
                    int point = from[offset + 2 + 4 * b + k] & 0xff | (word >> 3 * k & 7) << 8;
                    Ternary.decode(point, scale, shift, into, at);
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        Encoder encoder = new Encoder();
        boolean[] downs = new boolean[BLOCK / SUB_BLOCK];
        SubScales scales = new SubScales(BLOCK / SUB_BLOCK, 7);
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            float sigma2 = 2 * Importance.sumOfSquares(from, at, BLOCK) / BLOCK;
            for (int b = 0; b < scales.count(); b++) {
                int first = SUB_BLOCK * b;
                Importance.weigh(weights, column + first, sigma2, from, at + first, SUB_BLOCK, encoder.weights);
                scales.set(b, encoder.fit(from, at + first));
                int word = 0;
                for (int k = 0; k < 4; k++) {
                    into[offset + 2 + 4 * b + k] = (byte) encoder.points[k];
                    word |= encoder.points[k] >> 8 << 3 * k;
                }
                LittleEndian.putU16(into, offset + WORDS + 2 * b, word);
                downs[b] = encoder.down;
            }
            Half.put(into, offset, scales.quantize() * 1.125f);
            if (!scales.areZero()) {
                for (int b = 0; b < scales.count(); b++) {
                    int high = scales.levels[b] << 4 | (downs[b] ? 0x80 : 0);
                    into[offset + WORDS + 2 * b + 1] |= (byte) high;
                }
            }
        }
    }

    /**
     * Finds the levels of a sub-block: of all ways to cut the sorted values in three, shifted up or down, the one with
     * the least weighted error. Then each group takes its point of the grid, or the best neighbour.
     */
    static final class Encoder {
        final float[] weights = new float[SUB_BLOCK];
        final int[] points = new int[SUB_BLOCK / 8];
        boolean down;
        private final NearestPoint nearest = new NearestPoint(Ternary.Search.NEIGHBOURS);
        private final int[] order = new int[SUB_BLOCK];
        private final int[] levels = new int[SUB_BLOCK];
        /** Sums of w·x and of w over the first values of the order. */
        private final float[] sumX = new float[SUB_BLOCK + 1];
        private final float[] sumW = new float[SUB_BLOCK + 1];
        private float best;
        private float scale;
        private int middle;
        private int top;

        /** Returns the scale; 0 if there is nothing to encode. */
        float fit(float[] x, int at) {
            down = false;
            Arrays.fill(points, 0);
            if (Ternary.max(x, at, SUB_BLOCK) < EPSILON || !cut(x, at)) {
                return 0;
            }
            Ternary.split(order, middle, top, scale < 0, levels);
            if (scale < 0) {
                scale = -scale;
                down = !down;
            }
            float[] values = down ? Ternary.DOWN : Ternary.UP;
            boolean onGrid = true;
            for (int k = 0; k < points.length; k++) {
                int code = Ternary.code(levels, 8 * k);
                onGrid &= Ternary.isPoint(code);
                points[k] = Ternary.point(nearest, code, x, at + 8 * k, weights, 8 * k, scale, values);
            }
            if (!onGrid) {
                rescale(x, at, values);
            }
            return scale;
        }

        /** Returns whether there is a best cut. */
        private boolean cut(float[] x, int at) {
            Ternary.sort(x, at, order);
            for (int j = 0; j < SUB_BLOCK; j++) {
                int i = order[j];
                sumX[j + 1] = sumX[j] + weights[i] * x[at + i];
                sumW[j + 1] = sumW[j] + weights[i];
            }
            best = -Float.MAX_VALUE;
            middle = -1;
            for (int i = 0; i <= SUB_BLOCK; i++) {
                for (int j = i; j <= SUB_BLOCK; j++) {
                    score(i, j, Ternary.UP, false);
                    score(i, j, Ternary.DOWN, true);
                }
            }
            return middle >= 0;
        }

        private void score(int i, int j, float[] q, boolean down) {
            float qx = sumX[i] * q[0] + (sumX[j] - sumX[i]) * q[1] + (sumX[SUB_BLOCK] - sumX[j]) * q[2];
            float q2 = sumW[i] * q[0] * q[0] + (sumW[j] - sumW[i]) * q[1] * q[1]
                    + (sumW[SUB_BLOCK] - sumW[j]) * q[2] * q[2];
            if (q2 > 0 && qx * qx > best * q2) {
                scale = qx / q2;
                best = scale * qx;
                middle = i;
                top = j;
                this.down = down;
            }
        }

        /** Sets the best scale for the points. */
        private void rescale(float[] x, int at, float[] values) {
            float qx = 0;
            float q2 = 0;
            for (int i = 0; i < SUB_BLOCK; i++) {
                float w = weights[i];
                float q = values[Ternary.level(points[i / 8], i % 8)];
                qx += w * q * x[at + i];
                q2 += w * q * q;
            }
            if (qx > 0 && q2 > 0) {
                scale = qx / q2;
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
