package org.imatrixstats.ggml.iq;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;

/**
 * 32 values x = d · level, one of 16 levels from -127 to 113 that lie closer together around zero.
 *
 * <pre>
 * byte 0   2                             18
 *      | d | byte 0 | byte 1 | … | byte 15 |
 *
 * byte i
 * bit  0         4            8
 *      | value i | value i+16 |
 * </pre>
 *
 * d is a half.
 */
public final class IQ4_NL extends RowCodec {
    private static final int BLOCK = 32;
    private static final int BYTES = 18;

    public IQ4_NL() {
        super(GgmlType.IQ4_NL);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            NonLinear.unpack(Half.get(from, offset), from, offset + 2, into, at);
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        float[] blockWeights = new float[BLOCK];
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            float sigma2 = Importance.sumOfSquares(from, at, BLOCK) * (2f / BLOCK);
            Weights.weigh(weights, column, sigma2, from, at, BLOCK, blockWeights);
            float d = NonLinear.scale(from, at, blockWeights);
            Half.put(into, offset, d);
            NonLinear.pack(d != 0 ? 1 / d : 0, from, at, into, offset + 2);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
