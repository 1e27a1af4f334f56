package org.imatrixstats.ggml.legacy;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;

/**
 * 128 values x = ±d: the scale d, the mean magnitude, as a half, then a bit per value, 1 for +. Weights change nothing.
 */
public final class Q1_0 extends RowCodec {
    private static final int BLOCK = 128;
    private static final int BYTES = 18;

    public Q1_0() {
        super(GgmlType.Q1_0);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            int d = Float.floatToRawIntBits(Half.get(from, offset));
            for (int i = 0; i < BLOCK; i++) {
                int minus = ~from[offset + 2 + i / 8] >> i % 8 & 1;
                into[at + i] = Float.intBitsToFloat(d ^ minus << 31); // A branch would often be predicted wrongly.
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float sum = 0;
            for (int i = 0; i < BLOCK; i++) {
                sum += Math.abs(from[at + i]);
            }
            Half.put(into, offset, sum / BLOCK);
            for (int i = 0; i < BLOCK; i += 8) {
                int signs = 0;
                for (int j = 0; j < 8; j++) {
                    signs |= from[at + i + j] >= 0 ? 1 << j : 0;
                }
                into[offset + 2 + i / 8] = (byte) signs;
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
