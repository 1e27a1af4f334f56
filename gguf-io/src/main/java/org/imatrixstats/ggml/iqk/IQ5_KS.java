package org.imatrixstats.ggml.iqk;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.CodeBook;

/**
 * A row scale d, then 256 values of 5 bits at a time, x = d·s·level. Each 32 values have a scale s, odd from -127 to
 * 127, and choose the plain or the shifted levels.
 *
 * <pre>
 * row:   | d f32 | block | block | ...
 *
 * block: 0                        8            136        168
 *        | s + 127, bit 0 shifted | low 4 bits | high bit |
 * </pre>
 *
 * Byte 32·b + i of the low bits holds the values 64·b + i and 64·b + 32 + i; byte i of the high bits holds those of the
 * values i, 32 + i, 64 + i and so on.
 */
public final class IQ5_KS extends OddScaleCodec {
    private static final int LOW = 8;
    private static final int HIGH = 136;

    public IQ5_KS() {
        super(GgmlType.IQ5_KS, CodeBook.IQ5, 5);
    }

    @Override
    void unpack(byte[] from, int offset, int b, float dl, float[] level, float[] into, int at) {
        int low = offset + LOW + BLOCK * (b / 2);
        for (int i = 0; i < BLOCK; i++) {
            int code = from[low + i] >> 4 * (b % 2) & 15 | (from[offset + HIGH + i] >> b & 1) << 4;
            into[at + i] = dl * level[code];
        }
    }

    @Override
    void pack(byte[] code, int at, byte[] into, int offset, int b) {
        int low = offset + LOW + BLOCK * (b / 2);
        for (int i = 0; i < BLOCK; i++) {
            into[low + i] |= (byte) ((code[at + i] & 15) << 4 * (b % 2));
            into[offset + HIGH + i] |= (byte) (code[at + i] >> 4 << b);
        }
    }
}
