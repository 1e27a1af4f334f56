package org.imatrixstats.ggml.iq;

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
        /** For each group, Σ w·x and Σ w of its values among the first j of the sub-block in ascending order. */
        private final float[][] sumX = new float[2][SUB_BLOCK + 1];
        private final float[][] sumW = new float[2][SUB_BLOCK + 1];
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

        /** Returns whether there is a best cut. */
        private boolean cut(float[] x, int at, int first) {
            Ternary.sort(x, at + first, order);
            for (int j = 0; j < SUB_BLOCK; j++) {
                int i = order[j];
                int group = i / 8;
                float w = weights[first + i];
                sumX[group][j + 1] = sumX[group][j] + w * x[at + first + i];
                sumW[group][j + 1] = sumW[group][j] + w;
                sumX[1 - group][j + 1] = sumX[1 - group][j];
                sumW[1 - group][j + 1] = sumW[1 - group][j];
            }
            best = -Float.MAX_VALUE;
            middle = -1;
            for (int i = 0; i <= SUB_BLOCK; i++) {
                for (int j = i; j <= SUB_BLOCK; j++) {
                    tryCut(i, j);
                }
            }
            return middle >= 0;
        }

        /** Neighbouring levels differ by one, so Σ w·q·x is that of the highest level minus the sums below both cuts. */
        private void tryCut(int i, int j) {
            float lowerX = sumX[0][i] + sumX[0][j];
            float upX = sumX[0][SUB_BLOCK] * Ternary.UP[2] - lowerX;
            float downX = sumX[0][SUB_BLOCK] * Ternary.DOWN[2] - lowerX;
            float secondLowerX = sumX[1][i] + sumX[1][j];
            float secondUpX = sumX[1][SUB_BLOCK] * Ternary.UP[2] - secondLowerX;
            float secondDownX = sumX[1][SUB_BLOCK] * Ternary.DOWN[2] - secondLowerX;
            float up2 = squares(sumW[0], i, j, Ternary.UP);
            float down2 = squares(sumW[0], i, j, Ternary.DOWN);
            float secondUp2 = squares(sumW[1], i, j, Ternary.UP);
            float secondDown2 = squares(sumW[1], i, j, Ternary.DOWN);
            score(i, j, 0, upX + secondUpX, up2 + secondUp2);
            score(i, j, 1, upX + secondDownX, up2 + secondDown2);
            score(i, j, 2, downX + secondUpX, down2 + secondUp2);
            score(i, j, 3, downX + secondDownX, down2 + secondDown2);
        }

        /** Σ w·q² of a group. */
        private static float squares(float[] sums, int i, int j, float[] levels) {
            float low = levels[0] * levels[0];
            float mid = levels[1] * levels[1];
            float high = levels[2] * levels[2];
            return sums[SUB_BLOCK] * levels[2] * levels[2] + sums[i] * (low - mid) + sums[j] * (mid - high);
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
