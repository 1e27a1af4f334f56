package org.imatrixstats.ggml.plain;

import java.lang.foreign.MemorySegment;

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
        int[] bits = new int[columns];
        LittleEndian.copy(from, at, bits);
        // Two loops: the compiler makes vector instructions of a conversion by itself.
        for (int i = 0; i < columns; i++) {
            bits[i] = upper(bits[i]);
        }
        short[] halves = new short[columns];
        for (int i = 0; i < columns; i++) {
            halves[i] = (short) bits[i];
        }
        MemorySegment.copy(halves, 0, MemorySegment.ofArray(into), LittleEndian.SHORT, offset, columns);
    }

    /** To the nearest, ties to even. A NaN stays one: rounding could carry it into the sign. Without branches. */
    private static int upper(int bits) {
        int nan = 0x7f800000 - (bits & 0x7fffffff) >> 31;
        int rounded = bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
        return rounded & ~nan | (bits >>> 16 | 64) & nan;
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return (from[offset + 1] & 0x7f) != 0x7f || (from[offset] & 0x80) == 0;
    }
}
