package org.imatrixstats.ggml.ternary;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;

/**
 * 256 values x = d·(q − 1), q in 0..2, five to a byte as a fraction of 3^5 in 256ths: 32 bytes for 160 values, 16 bytes
 * for 80, 4 bytes for the last 16 (four each); the scale d, the largest magnitude, as a half at the end. Values of a
 * byte lie 32, 16 and 4 apart. Weights change nothing.
 */
public final class TQ1_0 extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 54;
    private static final int SCALE = 52;
    private static final int[] POWERS = {1, 3, 9, 27, 81};

    public TQ1_0() {
        super(GgmlType.TQ1_0);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Half.get(from, offset + SCALE);
            unpack(from, offset, 32, 5, d, into, at);
            unpack(from, offset + 32, 16, 5, d, into, at + 160);
            unpack(from, offset + 48, 4, 4, d, into, at + 240);
        }
    }

    /** Digit {@code n} of a byte: multiply by 3^n modulo 256, then the first digit is the integer part of 3/256 of it. */
    private static void unpack(byte[] from, int offset, int bytes, int digits, float d, float[] into, int at) {
        for (int n = 0; n < digits; n++) {
            int power = POWERS[n];
            for (int i = 0; i < bytes; i++) {
                int digit = (from[offset + i] * power & 0xff) * 3 >> 8;
                into[at + n * bytes + i] = (digit - 1) * d;
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Trits.magnitude(from, at, BLOCK);
            float inverse = d != 0 ? 1 / d : 0;
            Half.put(into, offset + SCALE, d);
            pack(from, at, inverse, 32, 5, into, offset);
            pack(from, at + 160, inverse, 16, 5, into, offset + 32);
            pack(from, at + 240, inverse, 4, 4, into, offset + 48);
        }
    }

    private static void pack(float[] from, int at, float inverse, int bytes, int digits, byte[] into, int offset) {
        for (int i = 0; i < bytes; i++) {
            int q = 0;
            for (int n = 0; n < digits; n++) {
                q = q * 3 + Trits.of(from[at + n * bytes + i] * inverse) & 0xff;
            }
            if (digits == 4) {
                q = q * 3 & 0xff;
            }
            // Rounded up, so that the digits come out of the fraction again.
            into[offset + i] = (byte) ((q * 256 + 242) / 243);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset + SCALE);
    }
}
