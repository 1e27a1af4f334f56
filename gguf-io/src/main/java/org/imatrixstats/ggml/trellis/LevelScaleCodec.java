package org.imatrixstats.ggml.trellis;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.LittleEndian;

/**
 * A codec of a type with a row scale d and 256 values at a time, x = d·level·sequence: each 32 values have one of 16 levels,
 * each eight a code.
 */
abstract class LevelScaleCodec extends RowScaleCodec {
    static final int BLOCKS = 8;
    static final int GROUP = 8;
    static final int GROUPS = 4;
    private static final int SUPER_BLOCK = 256;
    private static final int ROW = 4;

    private final int tries;
    private final float factor;
    private final int bytes;

    /**
     * @param tries  how many scales are tried for a block, of each sign
     * @param factor that the scale of the row is multiplied by at last
     */
    LevelScaleCodec(GgmlType type, int tries, float factor) {
        super(type);
        this.tries = tries;
        this.factor = factor;
        this.bytes = type.bytesPerBlock();
    }

    /** The codes to search. They take a moment to make, and decoding does not need them. */
    abstract Codes codes();

    /** The level of block b of the 256 at an offset. */
    abstract int level(byte[] from, int offset, int b);

    /** The code of its group g. */
    abstract int code(byte[] from, int offset, int b, int g);

    /** Writes a block of a row into the 256 at an offset, which holds zeros where it goes. */
    abstract void pack(int[] code, int block, int level, byte[] into, int offset);

    @Override
    protected final void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += bytes) {
            for (int b = 0; b < BLOCKS; b++) {
                float scale = d * LevelScales.INSTANCE.value(level(from, offset, b));
                for (int g = 0; g < GROUPS; g++, at += GROUP) {
                    Sequence.decode(code(from, offset, b, g) + Sequence.OFFSET, scale, GROUP, into, at);
                }
            }
        }
    }

    @Override
    protected final void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * bytes, (byte) 0);
        TrellisRow row = new TrellisRow(from, at, columns, weights, GROUP);
        LevelScales.findScales(row, codes(), tries);
        if (row.extremeScale() == 0) {
            return;
        }
        float d = IntegerScales.fit(row, LevelScales.INSTANCE, LevelScales.INSTANCE.value(0), 1);
        row.startFit();
        for (int b = 0; b < row.blocks(); b++) {
            int level = LevelScales.INSTANCE.nearest(1 / d * row.scale[b]);
            float multiple = LevelScales.INSTANCE.value(level);
            row.rematch(b, d * multiple, codes(), true);
            row.addToFit(b, multiple);
            pack(row.code, b, level, into, offset + ROW + b / BLOCKS * bytes);
        }
        LittleEndian.putF32(into, offset, factor * row.fitted(d));
    }

    @Override
    protected final boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
