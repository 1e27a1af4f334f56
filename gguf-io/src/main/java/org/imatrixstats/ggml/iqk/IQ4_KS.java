package org.imatrixstats.ggml.iqk;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.CodeBook;

/**
 * A row scale d, then 256 values of 4 bits at a time, x = d·s·level. Each 32 values have a scale s, odd from -127 to
 * 127, and choose the plain or the shifted levels.
 *
 * <pre>
 * row:   | d f32 | block | block | ...
 *
 * block: 0                        8        136
 *        | s + 127, bit 0 shifted | 4 bits |
 * </pre>
 *
 * Byte 16·b + i holds the values 32·b + i and 32·b + 16 + i.
 */
public final class IQ4_KS extends OddScaleCodec {
    private static final int CODES = 8;

    public IQ4_KS() {
        super(GgmlType.IQ4_KS, CodeBook.IQ4, 7);
    }

    @Override
    void unpack(byte[] from, int offset, int b, float dl, float[] level, float[] into, int at) {
        int codes = offset + CODES + BLOCK / 2 * b;
        for (int i = 0; i < BLOCK / 2; i++) {
            into[at + i] = dl * level[from[codes + i] & 15];
            into[at + BLOCK / 2 + i] = dl * level[from[codes + i] >> 4 & 15];
        }
    }

    @Override
    void pack(byte[] code, int at, byte[] into, int offset, int b) {
        int codes = offset + CODES + BLOCK / 2 * b;
        for (int i = 0; i < BLOCK / 2; i++) {
            into[codes + i] = (byte) (code[at + i] | code[at + BLOCK / 2 + i] << 4);
        }
    }
}
