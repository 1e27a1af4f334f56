package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

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
public final class IQ4_KS extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 32;
    private static final int ROW = 4;
    private static final int BYTES = 136;
    private static final int CODES = 8;
    private static final RowImportance IMPORTANCE = new RowImportance(2, 0);

    public IQ4_KS() {
        super(GgmlType.IQ4_KS);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES, at += SUPER_BLOCK) {
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int s = from[offset + b];
                float dl = d * ((s & 254) - 127);
                float[] level = CodeBook.IQ4.levels((s & 1) != 0).value;
                int codes = offset + CODES + BLOCK / 2 * b;
                for (int i = 0; i < BLOCK / 2; i++) {
                    into[at + BLOCK * b + i] = dl * level[from[codes + i] & 15];
                    into[at + BLOCK * b + BLOCK / 2 + i] = dl * level[from[codes + i] >> 4 & 15];
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        NonlinearRow row = new NonlinearRow(from, at, IMPORTANCE.of(from, at, columns, weights, BLOCK), CodeBook.IQ4,
                BLOCK);
        row.findScales(7, 1, false);
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
        int codes = offset + CODES + BLOCK / 2 * b;
        for (int i = 0; i < BLOCK / 2; i++) {
            into[codes + i] = (byte) (code[at + i] | code[at + BLOCK / 2 + i] << 4);
        }
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
