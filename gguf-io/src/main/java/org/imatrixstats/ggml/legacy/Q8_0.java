package org.imatrixstats.ggml.legacy;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Rounding;

/** 32 values x = d·q: the scale d as a half, then q in -127..127, one byte each. Weights change nothing. */
public final class Q8_0 extends RowCodec {
    private static final int BLOCK = 32;
    private static final int BYTES = 34;

    public Q8_0() {
        super(GgmlType.Q8_0);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Half.get(from, offset);
            for (int i = 0; i < BLOCK; i++) {
                into[at + i] = from[offset + 2 + i] * d;
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float max = 0;
            for (int i = 0; i < BLOCK; i++) {
                float a = Math.abs(from[at + i]);
                max = max > a ? max : a;
            }
            float d = max / 127;
            float inverse = d != 0 ? 1 / d : 0;
            Half.put(into, offset, d);
            for (int i = 0; i < BLOCK; i++) {
                into[offset + 2 + i] = (byte) Rounding.away(from[at + i] * inverse);
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
