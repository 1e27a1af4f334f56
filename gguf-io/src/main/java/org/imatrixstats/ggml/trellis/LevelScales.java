package org.imatrixstats.ggml.trellis;

import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.CodeBook.Levels;

/** Scales of blocks that are stored as one of 16 levels times the scale of the row. */
final class LevelScales implements IntegerScales.Table {
    static final LevelScales INSTANCE = new LevelScales();
    private static final Levels LEVELS = CodeBook.IQ4.levels(false);

    private LevelScales() {
    }

    @Override
    public int nearest(float ratio) {
        return LEVELS.nearest(ratio);
    }

    @Override
    public float value(int code) {
        return LEVELS.value[code];
    }

    /** Finds codes and a scale for each block. The largest magnitude is tried as numbers of both signs. */
    static void findScales(TrellisRow row, Codes codes, int tries) {
        float largest = row.largest();
        for (int b = 0; b < row.blocks(); b++) {
            float max = row.largest(b);
            if (max < TrellisRow.NOTHING) {
                continue;
            }
            row.startBlock();
            float extreme = Math.max(90, 124 * max / largest);
            for (int i = 0; i < tries; i++, extreme -= 8) {
                row.tryScale(b, max / extreme, codes);
                row.tryScale(b, -max / extreme, codes);
            }
        }
    }
}
