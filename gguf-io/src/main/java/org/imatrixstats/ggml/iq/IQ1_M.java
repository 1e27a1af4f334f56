package org.imatrixstats.ggml.iq;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;

/**
 * 256 values in 16 sub-blocks of 16. A group of eight values is one of 2048 points of {-1, 0, 1}⁸, shifted by 1/8 up
 * or down: x = d · (2·s + 1) · (value ± 1/8).
 *
 * <pre>
 * byte 0                           32     48       56
 *      | points, their low 8 bits | high | scales |
 *
 * points: a byte for each of the 32 groups
 *
 * high, byte i; the high 3 bits of two points
 * bit  0          3      4            7      8
 *      | group 2i | down | group 2i+1 | down |
 *
 * scales, little-endian word i of 4; d is the half that the four high parts make, the lowest first
 * bit  0            3              6              9              12         16
 *      | s of sub 4i | s of sub 4i+1 | s of sub 4i+2 | s of sub 4i+3 | part of d |
 * </pre>
 */
public final class IQ1_M extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 56;
    private static final int SUB_BLOCK = 16;
    private static final int HIGH = 32;
    private static final int SCALES = 48;
    private static final float EPSILON = 1e-7f;

    public IQ1_M() {
        super(GgmlType.IQ1_M);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            float d = Float.float16ToFloat(halfD(from, offset));
            for (int b = 0; b < BLOCK / SUB_BLOCK; b++, at += SUB_BLOCK) {
                int s = LittleEndian.getU16(from, offset + SCALES + b / 4 * 2) >> 3 * (b % 4) & 7;
                float scale = d * (2 * s + 1);
                int high = from[offset + HIGH + b];
                decode(from[offset + 2 * b] & 0xff, high, scale, into, at);
                decode(from[offset + 2 * b + 1] & 0xff, high >> 4, scale, into, at + 8);
            }
        }
    }

    private static void decode(int low, int high, float scale, float[] into, int at) {
        float shift = (high & 8) != 0 ? -Ternary.SHIFT : Ternary.SHIFT;
        Ternary.decode(low | (high & 7) << 8, scale, shift, into, at);
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        Encoder encoder = new Encoder();
        SubScales scales = new SubScales(BLOCK / SUB_BLOCK, 7);
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            float sigma2 = 2 * Importance.sumOfSquares(from, at, BLOCK) / BLOCK;
            Weights.weigh(weights, column, sigma2, from, at, BLOCK, encoder.weights);
            for (int b = 0; b < scales.count(); b++) {
                scales.set(b, encoder.fit(from, at, b));
            }
            float d = scales.quantize();
            boolean empty = scales.areZero();
            for (int b = 0; b < scales.count(); b++) {
                int first = encoder.points[2 * b];
                int second = encoder.points[2 * b + 1];
                into[offset + 2 * b] = (byte) first;
                into[offset + 2 * b + 1] = (byte) second;
                int downs = empty ? 0 : (encoder.shifts[b] & 2) << 2 | (encoder.shifts[b] & 1) << 7;
                into[offset + HIGH + b] = (byte) (first >> 8 | second >> 8 << 4 | downs);
            }
            int half = empty ? 0 : Half.of(encoder.rescale(from, at, scales.levels, d) * 1.1125f);
            for (int i = 0; i < 4; i++) {
                int word = half >> 4 * i << 12;
                for (int k = 0; k < 4; k++) {
                    word |= scales.levels[4 * i + k] << 3 * k;
                }
                LittleEndian.putU16(into, offset + SCALES + 2 * i, word);
            }
        }
    }

    private static short halfD(byte[] from, int offset) {
        int half = 0;
        for (int i = 0; i < 4; i++) {
            half |= (LittleEndian.getU16(from, offset + SCALES + 2 * i) >> 12) << 4 * i;
        }
        return (short) half;
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return (halfD(from, offset) & 0x7c00) != 0x7c00;
    }

    /**
     * Finds the levels of sub-blocks: of all ways to cut the sorted values in three, each eight values shifted up or
     * down, the one with the least weighted error. Then each group takes its point of the grid, or the best neighbour.
     */
    private static final class Encoder {
        /** The values of the levels for both groups by shifts: 0 up and up, 1 up and down, 2 down and up, 3 down. */
        private static final float[][][] VALUES = {{Ternary.UP, Ternary.UP}, {Ternary.UP, Ternary.DOWN},
            {Ternary.DOWN, Ternary.UP}, {Ternary.DOWN, Ternary.DOWN}};

        final float[] weights = new float[BLOCK];
        final int[] points = new int[BLOCK / 8];
        final int[] shifts = new int[BLOCK / SUB_BLOCK];
        private final NearestPoint nearest = new NearestPoint(Ternary.Search.NEIGHBOURS);
        private final int[] order = new int[SUB_BLOCK];
        private final int[] levels = new int[SUB_BLOCK];
        /** For each level, value in ascending order, and shifts: what the value adds to Σ w·q·x and Σ w·q². */
        private final float[][] addX = new float[3][SUB_BLOCK * 4];
        private final float[][] add2 = new float[3][SUB_BLOCK * 4];
        private final float[] lowX = new float[4];
        private final float[] low2 = new float[4];
        private final float[] midX = new float[4];
        private final float[] mid2 = new float[4];
        private float best;
        private float scale;
        private int middle;
        private int top;
        private int shift;

        /** Returns the scale of sub-block b; 0 if there is nothing to encode. */
        float fit(float[] x, int at, int b) {
            int first = SUB_BLOCK * b;
            points[2 * b] = 0;
            points[2 * b + 1] = 0;
            shifts[b] = 0;
            if (Ternary.max(x, at + first, SUB_BLOCK) < EPSILON || !cut(x, at, first)) {
                return 0;
            }
            Ternary.split(order, middle, top, scale < 0, levels);
            if (scale < 0) {
                scale = -scale;
                shift = 3 - shift;
            }
            boolean onGrid = true;
            for (int k = 0; k < 2; k++) {
                int code = Ternary.code(levels, 8 * k);
                int i = first + 8 * k;
                onGrid &= Ternary.isPoint(code);
                points[2 * b + k] = Ternary.point(nearest, code, x, at + i, weights, i, scale, VALUES[shift][k]);
            }
            if (!onGrid) {
                float qx = 0;
                float q2 = 0;
                for (int i = 0; i < SUB_BLOCK; i++) {
                    float w = weights[first + i];
                    float q = VALUES[shift][i / 8][Ternary.level(points[2 * b + i / 8], i % 8)];
                    qx += w * q * x[at + first + i];
                    q2 += w * q * q;
                }
                if (qx > 0 && q2 > 0) {
                    scale = qx / q2;
                }
            }
            shifts[b] = shift;
            return scale;
        }

        /**
         * Returns whether there is a best cut. Sums run over the values in ascending order, so cuts with the same
         * beginning share what it adds up to.
         */
        private boolean cut(float[] x, int at, int first) {
            Ternary.sort(x, at + first, order);
            for (int level = 0; level < 3; level++) {
                for (int j = 0; j < SUB_BLOCK; j++) {
                    int i = order[j];
                    for (int s = 0; s < 4; s++) {
                        float q = VALUES[s][i / 8][level];
                        float wq = weights[first + i] * q;
                        addX[level][4 * j + s] = wq * x[at + first + i];
                        add2[level][4 * j + s] = wq * q;
                    }
                }
            }
            best = -Float.MAX_VALUE;
            middle = -1;
            Arrays.fill(lowX, 0);
            Arrays.fill(low2, 0);
            for (int i = 0; i <= SUB_BLOCK; i++) {
                System.arraycopy(lowX, 0, midX, 0, 4);
                System.arraycopy(low2, 0, mid2, 0, 4);
                for (int j = i; j <= SUB_BLOCK; j++) {
                    tryCut(i, j);
                    if (j < SUB_BLOCK) {
                        add(1, j, midX, mid2);
                    }
                }
                if (i < SUB_BLOCK) {
                    add(0, i, lowX, low2);
                }
            }
            return middle >= 0;
        }

        private void add(int level, int j, float[] sumX, float[] sum2) {
            for (int s = 0; s < 4; s++) {
                sumX[s] += addX[level][4 * j + s];
                sum2[s] += add2[level][4 * j + s];
            }
        }

        /** Adds the values from j on, which have the highest level, to those before it. */
        private void tryCut(int i, int j) {
            float[] x = addX[2];
            float[] w = add2[2];
            float x0 = midX[0];
            float x1 = midX[1];
            float x2 = midX[2];
            float x3 = midX[3];
            float w0 = mid2[0];
            float w1 = mid2[1];
            float w2 = mid2[2];
            float w3 = mid2[3];
            for (int k = 4 * j; k < 4 * SUB_BLOCK; k += 4) {
                x0 += x[k];
                x1 += x[k + 1];
                x2 += x[k + 2];
                x3 += x[k + 3];
                w0 += w[k];
                w1 += w[k + 1];
                w2 += w[k + 2];
                w3 += w[k + 3];
            }
            score(i, j, 0, x0, w0);
            score(i, j, 1, x1, w1);
            score(i, j, 2, x2, w2);
            score(i, j, 3, x3, w3);
        }

        private void score(int i, int j, int shift, float sumX, float sum2) {
            if (sum2 > 0 && sumX * sumX > best * sum2) {
                scale = sumX / sum2;
                best = scale * sumX;
                middle = i;
                top = j;
                this.shift = shift;
            }
        }

        /** The best d for the points and the levels of the scales; {@code d} if there is none. */
        float rescale(float[] x, int at, int[] scales, float d) {
            float qx = 0;
            float q2 = 0;
            for (int i = 0; i < BLOCK; i++) {
                int b = i / SUB_BLOCK;
                float w = weights[i];
                float q = VALUES[shifts[b]][i / 8 % 2][Ternary.level(points[i / 8], i % 8)] * (2 * scales[b] + 1);
                qx += w * q * x[at + i];
                q2 += w * q * q;
            }
            return q2 > 0 ? qx / q2 : d;
        }
    }
}
