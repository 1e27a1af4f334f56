package org.imatrixstats.ggml.plain;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;

/** Single precision, little-endian. */
public final class F32 extends RowCodec {
    public F32() {
        super(GgmlType.F32);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int i = 0; i < columns; i++) {
            into[at + i] = Float.intBitsToFloat(bits(from, offset + 4 * i));
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int i = 0; i < columns; i++) {
            int bits = Float.floatToRawIntBits(from[at + i]);
            int o = offset + 4 * i;
            into[o] = (byte) bits;
            into[o + 1] = (byte) (bits >> 8);
            into[o + 2] = (byte) (bits >> 16);
            into[o + 3] = (byte) (bits >> 24);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return (bits(from, offset) & 0x7f800000) != 0x7f800000;
    }

    private static int bits(byte[] from, int offset) {
        return from[offset] & 0xff | (from[offset + 1] & 0xff) << 8 | (from[offset + 2] & 0xff) << 16
                | from[offset + 3] << 24;
    }
}
