package org.imatrixstats.ggml.fp4;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Rounding;

/**
 * 32 values x = 2^(e − 128)·q, where q is twice a 4-bit float: the byte e, then 4 bits per value, the second half of the
 * values in the upper ones. Weights change nothing.
 */
public final class MXFP4 extends RowCodec {
    private static final int BLOCK = 32;
    private static final int BYTES = 17;

    public MXFP4() {
        super(GgmlType.MXFP4);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            E2M1.decode(from, offset + 1, BLOCK / 2, scale(from[offset] & 0xff), into, at);
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float magnitude = E2M1.magnitude(from, at, BLOCK);
            int e = exponent(magnitude);
            into[offset] = (byte) e;
            E2M1.encode(from, at, BLOCK / 2, scale(e), magnitude, into, offset + 1);
        }
    }

    /** Below 2^-125 the exponent wraps, and infinity gives 0, as in the reference. */
    private static int exponent(float magnitude) {
        // log2f rounds: just below a power of two the logarithm is already the integer.
        return magnitude > 0 ? Rounding.truncate((float) Math.floor((float) log2(magnitude)) - 2 + 127) & 0xff : 0;
    }

    private static double log2(double x) {
        return StrictMath.log(x) / StrictMath.log(2);
    }

    private static float scale(int e) {
        return Float.intBitsToFloat(e < 2 ? 0x200000 << e : e - 1 << 23);
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return from[offset] != (byte) 0xff;
    }
}
