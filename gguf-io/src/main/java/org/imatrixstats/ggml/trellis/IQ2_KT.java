package org.imatrixstats.ggml.trellis;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
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
public final class IQ2_KT extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCKS = 8;
    private static final int GROUP = 8;
    private static final int GROUPS = 4;
    private static final int ROW = 4;
    private static final int BYTES = 68;
    private static final int CODE = 4;

    /** Takes a moment to make, and decoding does not need it. */
    private static final class Search {
        static final Codes CODES = new Codes(GROUP, 16, Sequence.OFFSET, false, null, 8);
    }

    public IQ2_KT() {
        super(GgmlType.IQ2_KT);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES) {
            for (int b = 0; b < BLOCKS; b++) {
                float scale = d * LevelScales.INSTANCE.value(from[offset + b % 4] >> 4 * (b / 4) & 15);
                for (int g = 0; g < GROUPS; g++, at += GROUP) {
                    int code = LittleEndian.getU16(from, offset + CODE + 2 * (GROUPS * b + g));
                    Sequence.decode(code + Sequence.OFFSET, scale, GROUP, into, at);
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * BYTES, (byte) 0);
        TrellisRow row = new TrellisRow(from, at, columns, weights, GROUP);
        LevelScales.findScales(row, Search.CODES, 1);
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
        LittleEndian.putF32(into, offset, row.fitted(d));
    }

    private static void pack(int[] code, int block, int level, byte[] into, int offset) {
        int b = block % BLOCKS;
        into[offset + b % 4] |= (byte) (level << 4 * (b / 4));
        for (int g = 0; g < GROUPS; g++) {
            LittleEndian.putU16(into, offset + CODE + 2 * (GROUPS * b + g), code[GROUPS * block + g]);
        }
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
