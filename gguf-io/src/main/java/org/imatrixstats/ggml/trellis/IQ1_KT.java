package org.imatrixstats.ggml.trellis;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.LittleEndian;

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
public final class IQ1_KT extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCKS = 8;
    private static final int GROUP = 8;
    private static final int GROUPS = 4;
    private static final int ROW = 4;
    private static final int BYTES = 56;
    private static final int LOW = 8;
    private static final int HIGH = 40;

    /** Takes a moment to make, and decoding does not need it. */
    private static final class Search {
        static final Codes CODES = new Codes(GROUP, 13, Sequence.OFFSET, false, null, 32);
    }

    public IQ1_KT() {
        super(GgmlType.IQ1_KT);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES) {
            for (int b = 0; b < BLOCKS; b++) {
                float scale = d * LevelScales.INSTANCE.value(from[offset + b] & 15);
                for (int g = 0; g < GROUPS; g++, at += GROUP) {
                    int code = from[offset + LOW + GROUPS * b + g] & 0xff
                            | (from[offset + HIGH + GROUPS * (b % 4) + g] >> 4 * (b / 4) & 15) << 8
                            | (from[offset + b] >> 4 + g & 1) << 12;
                    Sequence.decode(code + Sequence.OFFSET, scale, GROUP, into, at);
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * BYTES, (byte) 0);
        TrellisRow row = new TrellisRow(from, at, columns, weights, GROUP);
        LevelScales.findScales(row, Search.CODES, 2);
        if (row.extremeScale() == 0) {
            return;
        }
        float d = IntegerScales.fit(row, LevelScales.INSTANCE, LevelScales.INSTANCE.value(0), 1);
        row.startFit();
        for (int b = 0; b < row.blocks(); b++) {
            int level = LevelScales.INSTANCE.nearest(1 / d * row.scale[b]);
            float multiple = LevelScales.INSTANCE.value(level);
            row.rematch(b, d * multiple, Search.CODES, true);
            row.addToFit(b, multiple);
            pack(row.code, b, level, into, offset + ROW + b / BLOCKS * BYTES);
        }
        LittleEndian.putF32(into, offset, 1.07f * row.fitted(d));
    }

    private static void pack(int[] code, int block, int level, byte[] into, int offset) {
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

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
