package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * A codec of a type with a row scale d, x = d·s·level, and a byte for each 32 values at the start of 256: an odd scale s from
 * -127 to 127, and in bit 0 whether the levels are the shifted ones.
 */
abstract class OddScaleCodec extends RowScaleCodec {
    static final int BLOCK = 32;
    private static final int SUPER_BLOCK = 256;
    private static final int ROW = 4;
    private static final RowImportance IMPORTANCE = new RowImportance(2, 0);

    private final CodeBook levels;
    private final int tries;
    private final int bytes;

    /** @param tries how many numbers the largest value is tried as, beside the first level, on each side */
    OddScaleCodec(GgmlType type, CodeBook levels, int tries) {
        super(type);
        this.levels = levels;
        this.tries = tries;
        this.bytes = type.bytesPerBlock();
    }

    /** Writes the values of block b of the 256 at an offset, each dl times its level. */
    abstract void unpack(byte[] from, int offset, int b, float dl, float[] level, float[] into, int at);

    /** Writes the codes of block b of the 256 at an offset, which holds zeros where they go. */
    abstract void pack(byte[] code, int at, byte[] into, int offset, int b);

    @Override
    protected final void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += bytes, at += SUPER_BLOCK) {
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int s = from[offset + b];
                unpack(from, offset, b, d * ((s & 254) - 127), levels.levels((s & 1) != 0).value, into,
                        at + BLOCK * b);
            }
        }
    }

    @Override
    protected final void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        NonlinearRow row = new NonlinearRow(from, at, IMPORTANCE.of(from, at, columns, weights, BLOCK), levels, BLOCK);
        row.findScales(tries, 1, false);
        float d = Math.abs(row.extremeScale(0, columns / BLOCK)) / 127;
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * bytes, (byte) 0);
        if (d == 0) {
            return;
        }
        int block = offset + ROW;
        row.startFit();
        for (int first = 0; first < columns / BLOCK; first += SUPER_BLOCK / BLOCK, block += bytes) {
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int s = Rounding.nearest(0.5f * (1 / d * row.scale[first + b] + 127));
                s = 2 * Math.clamp(s, 0, 127);
                into[block + b] = (byte) (s | (row.shifted[first + b] ? 1 : 0));
                row.assign(first + b, d, s - 127);
                pack(row.code, BLOCK * (first + b), into, block, b);
            }
        }
        LittleEndian.putF32(into, offset, row.fitted(d));
    }

    @Override
    protected final boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
