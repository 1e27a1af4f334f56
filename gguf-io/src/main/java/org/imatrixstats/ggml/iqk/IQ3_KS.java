package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * A row scale d, then 256 values of 3 bits at a time, x = d·s·level. Each 32 values have a scale s from -16 to 15 and
 * choose the plain or the shifted levels.
 *
 * <pre>
 * row:   | d f16 | block | block | ...
 *
 * block: 0                      2               6            70         102
 *        | s: high bit, shifted | s: low 4 bits | low 2 bits | high bit |
 * </pre>
 *
 * Value i of block b is in byte 32·(b / 4) + i of the low bits, shifted by 2·(b mod 4), and in byte i of the high bits.
 */
public final class IQ3_KS extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 32;
    private static final int ROW = 2;
    private static final int BYTES = 102;
    private static final int SCALES = 2;
    private static final int LOW = 6;
    private static final int HIGH = 70;
    private static final RowImportance IMPORTANCE = new RowImportance(2, 0);

    public IQ3_KS() {
        super(GgmlType.IQ3_KS);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = Half.get(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES, at += SUPER_BLOCK) {
            int extra = LittleEndian.getU16(from, offset);
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int s = from[offset + SCALES + b % 4] >> 4 * (b / 4) & 15 | (extra >> b & 1) << 4;
                float dl = d * (s - 16);
                float[] level = CodeBook.IQ3.levels((extra >> 8 + b & 1) != 0).value;
                int low = offset + LOW + BLOCK * (b / 4);
                for (int i = 0; i < BLOCK; i++) {
                    int code = from[low + i] >> 2 * (b % 4) & 3 | (from[offset + HIGH + i] >> b & 1) << 2;
                    into[at + BLOCK * b + i] = dl * level[code];
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        NonlinearRow row = new NonlinearRow(from, at, IMPORTANCE.of(from, at, columns, weights, BLOCK), CodeBook.IQ3,
                BLOCK);
        row.findScales(5, 1, false);
        float d = -row.extremeScale(0, columns / BLOCK) / 16;
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * BYTES, (byte) 0);
        if (d == 0) {
            return;
        }
        int block = offset + ROW;
        row.startFit();
        for (int first = 0; first < columns / BLOCK; first += SUPER_BLOCK / BLOCK, block += BYTES) {
            int extra = 0;
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int s = Math.clamp(Rounding.nearest(1 / d * row.scale[first + b]), -16, 15);
                into[block + SCALES + b % 4] |= (byte) ((s + 16 & 15) << 4 * (b / 4));
                extra |= s + 16 >> 4 << b | (row.shifted[first + b] ? 1 << 8 + b : 0);
                row.assign(first + b, d, s);
                pack(row.code, BLOCK * (first + b), into, block, b);
            }
            LittleEndian.putU16(into, block, extra);
        }
        Half.put(into, offset, row.fitted(d));
    }

    private static void pack(byte[] code, int at, byte[] into, int offset, int b) {
        int low = offset + LOW + BLOCK * (b / 4);
        for (int i = 0; i < BLOCK; i++) {
            into[low + i] |= (byte) ((code[at + i] & 3) << 2 * (b % 4));
            into[offset + HIGH + i] |= (byte) (code[at + i] >> 2 << b);
        }
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
