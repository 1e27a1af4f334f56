package org.imatrixstats.ggml.fp4;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;

/**
 * 64 values in four groups of 16: a scale per group, an unsigned 8-bit float with 4 bits of exponent and 3 of mantissa,
 * then 4-bit floats, 8 bytes per group with its second half in the upper bits. Weights change nothing.
 */
public final class NVFP4 extends RowCodec {
    private static final int BLOCK = 64;
    private static final int BYTES = 36;
    private static final int GROUP = 16;

    public NVFP4() {
        super(GgmlType.NVFP4);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            for (int g = 0; g < 4; g++) {
                E2M1.decode(from, offset + 4 + 8 * g, GROUP / 2, scale(from[offset + g] & 0xff), into,
                        at + GROUP * g);
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            for (int g = 0; g < 4; g++) {
                float magnitude = E2M1.magnitude(from, at + GROUP * g, GROUP);
                int e = encode(magnitude / 6); // 6 is the largest 4-bit float.
                into[offset + g] = (byte) e;
                E2M1.encode(from, at + GROUP * g, GROUP / 2, scale(e), magnitude, into, offset + 4 + 8 * g);
            }
        }
    }

    /** Half of the 8-bit float, since 4-bit floats are kept doubled. */
    private static float scale(int e) {
        if (e == 0 || e == 0x7f) {
            return 0;
        }
        int exponent = e >> 3 & 15;
        int mantissa = e & 7;
        return exponent == 0 ? mantissa * 0x1p-10f : (8 + mantissa) * Float.intBitsToFloat(exponent - 11 + 127 << 23);
    }

    /** The nearest 8-bit float, ties up; 448 from 248 on. */
    private static int encode(float x) {
        if (!(x > 0)) {
            return 0;
        }
        int bits = Float.floatToRawIntBits(Math.min(x, 448));
        int exponent = (bits >> 23) - 127 + 7;
        if (exponent <= 0) {
            return Math.min(7, (int) (x * 512 + 0.5f));
        }
        // The mantissa may carry into the exponent. The reference takes all that has the highest exponent for the maximum.
        int rounded = (exponent << 3 | bits >> 20 & 7) + (bits >> 19 & 1);
        return rounded < 0x78 ? rounded : 0x7e;
    }

    /** Every byte is a scale. */
    @Override
    protected boolean isValid(byte[] from, int offset) {
        return true;
    }
}
