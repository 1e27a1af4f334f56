package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * A row scale d, then 256 values of 2 bits at a time, x = d·s·level. Each 32 values have a scale s from -16 to 15 and
 * choose the plain or the shifted levels.
 *
 * <pre>
 * row:   | d f16 | block | block | ...
 *
 * block: 0                      2               6        70
 *        | shifted, s: high bit | s: low 4 bits | 2 bits |
 * </pre>
 *
 * Byte 32·c + i holds the values 128·c + i, 128·c + 32 + i and so on, from the low bits up.
 */
public final class IQ2_KS extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 32;
    private static final int BLOCKS = SUPER_BLOCK / BLOCK;
    private static final int ROW = 2;
    private static final int BYTES = 70;
    private static final int SCALES = 2;
    private static final int CODES = 6;
    private static final RowImportance IMPORTANCE = new RowImportance(1.5f, 0.25f);

    public IQ2_KS() {
        super(GgmlType.IQ2_KS);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = Half.get(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES, at += SUPER_BLOCK) {
            int extra = LittleEndian.getU16(from, offset);
            for (int b = 0; b < BLOCKS; b++) {
                int s = from[offset + SCALES + b / 2] >> 4 * (b % 2) & 15 | (extra >> 8 + b & 1) << 4;
                float dl = d * (s - 16);
                float[] level = CodeBook.IQ2.levels((extra >> b & 1) != 0).value;
                int codes = offset + CODES + BLOCK * (b / 4);
                for (int i = 0; i < BLOCK; i++) {
                    into[at + BLOCK * b + i] = dl * level[from[codes + i] >> 2 * (b % 4) & 3];
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        float[] weight = IMPORTANCE.of(from, at, columns, weights, BLOCK);
        NonlinearRow row = new NonlinearRow(from, at, weight, CodeBook.IQ2, BLOCK);
        row.findScales(new Thresholds(BLOCK, 3 * BLOCK / 4 - 1, BLOCK / 4));
        byte[] scales = new byte[columns / BLOCK];
        float d = ScaleSearch.symmetric(16, row.scale, 0, columns / BLOCK, row.blockWeights(), 0, scales, 0);
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * BYTES, (byte) 0);
        int block = offset + ROW;
        row.startFit();
        for (int first = 0; first < columns / BLOCK; first += BLOCKS, block += BYTES) {
            int extra = 0;
            for (int b = 0; b < BLOCKS; b++) {
                extra |= row.shifted[first + b] ? 1 << b : 0;
                if (d == 0) {
                    continue;
                }
                int s = scales[first + b];
                into[block + SCALES + b / 2] |= (byte) ((s & 15) << 4 * (b % 2));
                extra |= s >> 4 << 8 + b;
                if (s != 16) {
                    row.assign(first + b, d, s - 16);
                    pack(row.code, BLOCK * (first + b), into, block, b);
                }
            }
            LittleEndian.putU16(into, block, extra);
        }
        Half.put(into, offset, d == 0 ? 0 : 1.03f * row.fitted(d));
    }

    private static void pack(byte[] code, int at, byte[] into, int offset, int b) {
        int codes = offset + CODES + BLOCK * (b / 4);
        for (int i = 0; i < BLOCK; i++) {
            into[codes + i] |= (byte) (code[at + i] << 2 * (b % 4));
        }
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
