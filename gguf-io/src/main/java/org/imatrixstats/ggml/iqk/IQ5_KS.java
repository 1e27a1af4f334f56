package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

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
public final class IQ5_KS extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 32;
    private static final int ROW = 4;
    private static final int BYTES = 168;
    private static final int LOW = 8;
    private static final int HIGH = 136;
    private static final RowImportance IMPORTANCE = new RowImportance(2, 0);

    public IQ5_KS() {
        super(GgmlType.IQ5_KS);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES, at += SUPER_BLOCK) {
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int s = from[offset + b];
                float dl = d * ((s & 254) - 127);
                float[] level = CodeBook.IQ5.levels((s & 1) != 0).value;
                int low = offset + LOW + BLOCK * (b / 2);
                for (int i = 0; i < BLOCK; i++) {
                    int code = from[low + i] >> 4 * (b % 2) & 15 | (from[offset + HIGH + i] >> b & 1) << 4;
                    into[at + BLOCK * b + i] = dl * level[code];
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        NonlinearRow row = new NonlinearRow(from, at, IMPORTANCE.of(from, at, columns, weights, BLOCK), CodeBook.IQ5,
                BLOCK);
        row.findScales(5, 1, false);
        float d = Math.abs(row.extremeScale(0, columns / BLOCK)) / 127;
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * BYTES, (byte) 0);
        if (d == 0) {
            return;
        }
        int block = offset + ROW;
        row.startFit();
        for (int first = 0; first < columns / BLOCK; first += SUPER_BLOCK / BLOCK, block += BYTES) {
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

    private static void pack(byte[] code, int at, byte[] into, int offset, int b) {
        int low = offset + LOW + BLOCK * (b / 2);
        for (int i = 0; i < BLOCK; i++) {
            into[low + i] |= (byte) ((code[at + i] & 15) << 4 * (b % 2));
            into[offset + HIGH + i] |= (byte) (code[at + i] >> 4 << b);
        }
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
