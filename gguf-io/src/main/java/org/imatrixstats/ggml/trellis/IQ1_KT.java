package org.imatrixstats.ggml.trellis;

import org.imatrixstats.ggml.GgmlType;

/**
 * A row scale d, then 256 values at a time, eight with a code of 13 bits, x = d·level·sequence. Each 32 values have a
 * scale, one of 16 levels.
 *
 * <pre>
 * row:   | d f32 | block | block | ...
 *
 * block: 0                                8            40            56
 *        | level 4 bits, highest bits × 4 | low 8 bits | next 4 bits |
 * </pre>
 *
 * Code g of block b has its low bits in byte 4·b + g, the next four in half of byte 4·(b mod 4) + g, the highest in
 * bit 4 + g of the byte of the block.
 */
public final class IQ1_KT extends LevelScaleCodec {
    private static final int LOW = 8;
    private static final int HIGH = 40;

    private static final class Search {
        static final Codes CODES = new Codes(GROUP, 13, Sequence.OFFSET, false, null, 32);
    }

    public IQ1_KT() {
        super(GgmlType.IQ1_KT, 2, 1.07f);
    }

    @Override
    Codes codes() {
        return Search.CODES;
    }

    @Override
    int level(byte[] from, int offset, int b) {
        return from[offset + b] & 15;
    }

    @Override
    int code(byte[] from, int offset, int b, int g) {
        return from[offset + LOW + GROUPS * b + g] & 0xff
                | (from[offset + HIGH + GROUPS * (b % 4) + g] >> 4 * (b / 4) & 15) << 8
                | (from[offset + b] >> 4 + g & 1) << 12;
    }

    @Override
    void pack(int[] code, int block, int level, byte[] into, int offset) {
        int b = block % BLOCKS;
        int scale = level;
        for (int g = 0; g < GROUPS; g++) {
            int c = code[GROUPS * block + g];
            into[offset + LOW + GROUPS * b + g] = (byte) c;
            into[offset + HIGH + GROUPS * (b % 4) + g] |= (byte) ((c >> 8 & 15) << 4 * (b / 4));
            scale |= c >> 12 << 4 + g;
        }
        into[offset + b] = (byte) scale;
    }
}
