package org.imatrixstats.ggml.iq;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * 256 values in 8 sub-blocks of 32: x = d · (s - 32) · level, one of 16 levels from -127 to 113 that lie closer together
 * around zero.
 *
 * <pre>
 * byte 0   2      4     8                                         136
 *      | d | high | low | sub-block 0 | sub-block 1 | … | sub-block 7 |
 *
 * high, a little-endian word: the high 2 bits of s
 * bit  0       2       4   14      16
 *      | sub 0 | sub 1 | … | sub 7 |
 *
 * low, byte i: the low 4 bits of s
 * bit  0        4          8
 *      | sub 2i | sub 2i+1 |
 *
 * sub-block, byte i of 16
 * bit  0         4            8
 *      | value i | value i+16 |
 * </pre>
 *
 * d is a half.
 */
public final class IQ4_XS extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 136;
    private static final int SUB_BLOCK = 32;
    private static final int HIGH = 2;
    private static final int LOW = 4;
    private static final int LEVELS = 8;

    public IQ4_XS() {
        super(GgmlType.IQ4_XS);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            float d = Half.get(from, offset);
            int high = LittleEndian.getU16(from, offset + HIGH);
            for (int b = 0; b < BLOCK / SUB_BLOCK; b++, at += SUB_BLOCK) {
                int low = from[offset + LOW + b / 2] >> 4 * (b % 2) & 15;
                int s = low | (high >> 2 * b & 3) << 4;
                NonLinear.unpack(d * (s - 32), from, offset + LEVELS + 16 * b, into, at);
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        float[] subWeights = new float[SUB_BLOCK];
        float[] scales = new float[BLOCK / SUB_BLOCK];
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            float sigma2 = Importance.sumOfSquares(from, at, BLOCK) * (2f / BLOCK);
            float largest = 0;
            for (int b = 0; b < scales.length; b++) {
                int first = SUB_BLOCK * b;
                Weights.weigh(weights, column + first, sigma2, from, at + first, SUB_BLOCK, subWeights);
                scales[b] = NonLinear.scale(from, at + first, subWeights);
                if (Math.abs(scales[b]) > Math.abs(largest)) {
                    largest = scales[b];
                }
            }
            float d = -largest / 32;
            float inverse = d != 0 ? 1 / d : 0;
            Half.put(into, offset, d);
            int high = 0;
            for (int b = 0; b < scales.length; b++) {
                int s = Math.max(-32, Math.min(31, Rounding.nearest(inverse * scales[b])));
                float scale = d * s;
                NonLinear.pack(scale != 0 ? 1 / scale : 0, from, at + SUB_BLOCK * b, into, offset + LEVELS + 16 * b);
                high |= s + 32 >> 4 << 2 * b;
                int low = offset + LOW + b / 2;
                into[low] = (byte) (b % 2 == 0 ? s & 15 : into[low] | (s & 15) << 4);
            }
            LittleEndian.putU16(into, offset + HIGH, high);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
