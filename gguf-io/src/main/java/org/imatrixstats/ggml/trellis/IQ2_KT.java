package org.imatrixstats.ggml.trellis;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.LittleEndian;

/**
 * A row scale d, then 256 values at a time, eight with a code of 16 bits, x = d·level·sequence. Each 32 values have a
 * scale, one of 16 levels.
 *
 * <pre>
 * row:   | d f32 | block | block | ...
 *
 * block: 0              4               68
 *        | level 4 bits | code u16 × 32 |
 * </pre>
 *
 * Byte b of the levels holds those of the blocks b and 4 + b.
 */
public final class IQ2_KT extends LevelScaleCodec {
    private static final int CODE = 4;

    private static final class Search {
        static final Codes CODES = new Codes(GROUP, 16, Sequence.OFFSET, false, null, 8);
    }

    public IQ2_KT() {
        super(GgmlType.IQ2_KT, 1, 1);
    }

    @Override
    Codes codes() {
        return Search.CODES;
    }

    @Override
    int level(byte[] from, int offset, int b) {
        return from[offset + b % 4] >> 4 * (b / 4) & 15;
    }

    @Override
    int code(byte[] from, int offset, int b, int g) {
        return LittleEndian.getU16(from, offset + CODE + 2 * (GROUPS * b + g));
    }

    @Override
    void pack(int[] code, int block, int level, byte[] into, int offset) {
        int b = block % BLOCKS;
        into[offset + b % 4] |= (byte) (level << 4 * (b / 4));
        for (int g = 0; g < GROUPS; g++) {
            LittleEndian.putU16(into, offset + CODE + 2 * (GROUPS * b + g), code[GROUPS * block + g]);
        }
    }
}
