package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * 256 values of 4 bits, x = d·s·level. Each 16 values have a scale s from -32 to 31 and choose the plain or the shifted
 * levels.
 *
 * <pre>
 * 0       2         4                8               16       144
 * | d f16 | shifted | s: high 2 bits | s: low 4 bits | 4 bits |
 * </pre>
 *
 * Byte 16·b + i holds the values 32·b + i and 32·b + 16 + i.
 */
public final class IQ4_K extends RowCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 16;
    private static final int BYTES = 144;
    private static final int SHIFTED = 2;
    private static final int SCALES_HIGH = 4;
    private static final int SCALES = 8;
    private static final int CODES = 16;
    private static final RowImportance IMPORTANCE = new RowImportance(2, 0);

    public IQ4_K() {
        super(GgmlType.IQ4_K);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES, at += SUPER_BLOCK) {
            float d = Half.get(from, offset);
            int shifted = LittleEndian.getU16(from, offset + SHIFTED);
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int s = from[offset + SCALES + b / 2] >> 4 * (b % 2) & 15
                        | (from[offset + SCALES_HIGH + b / 4] >> 2 * (b % 4) & 3) << 4;
                float dl = d * (s - 32);
                float[] level = CodeBook.IQ4.levels((shifted >> b & 1) != 0).value;
                int codes = offset + CODES + BLOCK * (b / 2);
                for (int i = 0; i < BLOCK; i++) {
                    into[at + BLOCK * b + i] = dl * level[from[codes + i] >> 4 * (b % 2) & 15];
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        NonlinearRow row = new NonlinearRow(from, at, IMPORTANCE.of(from, at, columns, weights, BLOCK), CodeBook.IQ4,
                BLOCK);
        row.findScales(7, 1, false);
        Arrays.fill(into, offset, offset + columns / SUPER_BLOCK * BYTES, (byte) 0);
        for (int first = 0; first < columns / BLOCK; first += SUPER_BLOCK / BLOCK, offset += BYTES) {
            float d = -row.extremeScale(first, first + SUPER_BLOCK / BLOCK) / 32;
            float inverse = d != 0 ? 1 / d : 0;
            int shifted = 0;
            row.startFit();
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int s = Math.clamp(Rounding.nearest(inverse * row.scale[first + b]), -32, 31);
                into[offset + SCALES + b / 2] |= (byte) ((s + 32 & 15) << 4 * (b % 2));
                into[offset + SCALES_HIGH + b / 4] |= (byte) (s + 32 >> 4 << 2 * (b % 4));
                shifted |= row.shifted[first + b] ? 1 << b : 0;
                row.assign(first + b, d, s);
                pack(row.code, BLOCK * (first + b), into, offset, b);
            }
            LittleEndian.putU16(into, offset + SHIFTED, shifted);
            Half.put(into, offset, row.fitted(d));
        }
    }

    private static void pack(byte[] code, int at, byte[] into, int offset, int b) {
        int codes = offset + CODES + BLOCK * (b / 2);
        for (int i = 0; i < BLOCK; i++) {
            into[codes + i] |= (byte) (code[at + i] << 4 * (b % 2));
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
