package org.imatrixstats.ggml.legacy;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Rounding;

/**
 * 64 values x = d·(q − 1): the scale d, the largest magnitude, as a half, then q in 2 bits. Quantizing never gives q = 3.
 * Weights change nothing.
 */
public final class Q2_0 extends RowCodec {
    private static final int BLOCK = 64;
    private static final int BYTES = 18;

    public Q2_0() {
        super(GgmlType.Q2_0);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Half.get(from, offset);
            for (int i = 0; i < BLOCK; i++) {
                into[at + i] = ((from[offset + 2 + i / 4] >> i % 4 * 2 & 3) - 1) * d;
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = 0;
            for (int i = 0; i < BLOCK; i++) {
                float a = Math.abs(from[at + i]);
                d = a > d ? a : d;
            }
            float inverse = d > 0 ? 1 / d : 0;
            Half.put(into, offset, d);
            for (int i = 0; i < BLOCK; i += 4) {
                int four = 0;
                for (int j = 0; j < 4; j++) {
                    int q = Rounding.away(from[at + i + j] * inverse) + 1;
                    four |= Math.max(0, Math.min(3, q)) << 2 * j;
                }
                into[offset + 2 + i / 4] = (byte) four;
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
