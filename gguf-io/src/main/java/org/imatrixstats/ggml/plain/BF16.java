package org.imatrixstats.ggml.plain;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;

/** Brain floats, little-endian: the upper half of a float32. */
public final class BF16 extends RowCodec {
    public BF16() {
        super(GgmlType.BF16);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int i = 0; i < columns; i++) {
            int o = offset + 2 * i;
            into[at + i] = Float.intBitsToFloat((from[o] & 0xff | from[o + 1] << 8) << 16);
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int i = 0; i < columns; i++) {
            int bits = Float.floatToRawIntBits(from[at + i]);
            // To the nearest, ties to even. A NaN stays one: rounding could carry it into the sign.
            boolean nan = (bits & 0x7fffffff) > 0x7f800000;
            int upper = nan ? bits >>> 16 | 64 : bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
            into[offset + 2 * i] = (byte) upper;
            into[offset + 2 * i + 1] = (byte) (upper >> 8);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return (from[offset + 1] & 0x7f) != 0x7f || (from[offset] & 0x80) == 0;
    }
}
