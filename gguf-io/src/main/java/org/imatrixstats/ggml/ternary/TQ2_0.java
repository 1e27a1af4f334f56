package org.imatrixstats.ggml.ternary;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;

/**
 * 256 values x = d·(q − 1), q in 0..2: 2 bits per q, four values that lie 32 apart in a byte; the scale d, the largest
 * magnitude, as a half at the end. Weights change nothing.
 */
public final class TQ2_0 extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 66;
    private static final int SCALE = 64;

    public TQ2_0() {
        super(GgmlType.TQ2_0);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Half.get(from, offset + SCALE);
            for (int part = 0; part < 2; part++) {
                for (int n = 0; n < 4; n++) {
                    int start = at + part * 128 + n * 32;
                    for (int i = 0; i < 32; i++) {
                        into[start + i] = ((from[offset + part * 32 + i] >> 2 * n & 3) - 1) * d;
                    }
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Trits.magnitude(from, at, BLOCK);
            float inverse = d != 0 ? 1 / d : 0;
            Half.put(into, offset + SCALE, d);
            for (int part = 0; part < 2; part++) {
                for (int i = 0; i < 32; i++) {
                    int four = 0;
                    for (int n = 0; n < 4; n++) {
                        four |= (Trits.of(from[at + part * 128 + n * 32 + i] * inverse) & 3) << 2 * n;
                    }
                    into[offset + part * 32 + i] = (byte) four;
                }
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset + SCALE);
    }
}
