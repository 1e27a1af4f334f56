package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * 256 values of 2 bits, x = d·s·level. Each 16 values have a scale s from -8 to 7 and choose the plain or the shifted
 * levels.
 *
 * <pre>
 * 0       2         4               12       76
 * | d f16 | shifted | s + 8, 4 bits | 2 bits |
 * </pre>
 *
 * Byte 32·c + i holds the values 128·c + i, 128·c + 32 + i and so on, from the low bits up.
 */
public final class IQ2_K extends RowCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 16;
    private static final int BLOCKS = SUPER_BLOCK / BLOCK;
    private static final int BYTES = 76;
    private static final int SHIFTED = 2;
    private static final int SCALES = 4;
    private static final int CODES = 12;
    private static final RowImportance IMPORTANCE = new RowImportance(1.5f, 0.25f);

    public IQ2_K() {
        super(GgmlType.IQ2_K);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES, at += SUPER_BLOCK) {
            float d = Half.get(from, offset);
            int shifted = LittleEndian.getU16(from, offset + SHIFTED);
            for (int b = 0; b < BLOCKS; b++) {
                float dl = d * ((from[offset + SCALES + b / 2] >> 4 * (b % 2) & 15) - 8);
                float[] level = CodeBook.IQ2.levels((shifted >> b & 1) != 0).value;
                int codes = offset + CODES + 32 * (b / 8) + BLOCK * (b % 2);
                for (int i = 0; i < BLOCK; i++) {
                    into[at + BLOCK * b + i] = dl * level[from[codes + i] >> 2 * (b / 2 % 4) & 3];
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        float[] weight = IMPORTANCE.of(from, at, columns, weights, BLOCK);
        NonlinearRow row = new NonlinearRow(from, at, weight, CodeBook.IQ2, BLOCK);
        row.findScales(new Thresholds(BLOCK, BLOCK - 1, 0));
        Arrays.fill(into, offset, offset + columns / SUPER_BLOCK * BYTES, (byte) 0);
        float[] blockWeight = row.blockWeights();
        byte[] levels = new byte[BLOCKS];
        for (int first = 0; first < columns / BLOCK; first += BLOCKS, offset += BYTES) {
            float d = ScaleSearch.symmetric(8, row.scale, first, BLOCKS, blockWeight, first, levels, 0);
            if (d == 0) {
                continue;
            }
            int shifted = 0;
            row.startFit();
            for (int b = 0; b < BLOCKS; b++) {
                int s = Math.clamp(Rounding.nearest(1 / d * row.scale[first + b]), -8, 7);
                into[offset + SCALES + b / 2] |= (byte) (s + 8 << 4 * (b % 2));
                shifted |= row.shifted[first + b] ? 1 << b : 0;
                if (s != 0) {
                    row.assign(first + b, d, s);
                    pack(row.code, BLOCK * (first + b), into, offset, b);
                }
            }
            LittleEndian.putU16(into, offset + SHIFTED, shifted);
            Half.put(into, offset, 1.03f * row.fitted(d));
        }
    }

    private static void pack(byte[] code, int at, byte[] into, int offset, int b) {
        int codes = offset + CODES + 32 * (b / 8) + BLOCK * (b % 2);
        for (int i = 0; i < BLOCK; i++) {
            into[codes + i] |= (byte) (code[at + i] << 2 * (b / 2 % 4));
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
