package org.imatrixstats.ggml.iq;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * 256 values in 16 sub-blocks of 16. A group of eight values is one of 512 points of {8, 25, 43}⁸, with signs:
 * x = d · (2·s + 1) / 8 · ±value.
 *
 * <pre>
 * byte 0   2                               66        74
 *      | d | group 0 | group 1 | … | group 31 | scales |
 *
 * group, a little-endian word
 * bit  0       9       16
 *      | point | signs |
 *
 * scales, byte i
 * bit  0            4                8
 *      | s of sub 2i | s of sub 2i+1 |
 * </pre>
 *
 * d is a half. Seven signs are stored; the eighth makes the number of negative values even.
 */
public final class IQ2_XS extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 74;
    private static final int SUB_BLOCK = 16;
    private static final int SCALES = 66;

    private static final class Points {
        static final Grid GRID = Grid.read("iq2_xs", 8, 8, 25, 43);
    }

    private static final class Search {
        static final Neighbours NEIGHBOURS = new Neighbours(Points.GRID, 2);
    }

    public IQ2_XS() {
        super(GgmlType.IQ2_XS);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            float d = Half.get(from, offset);
            for (int group = 0; group < 32; group++, at += 8) {
                int s = from[offset + SCALES + group / 4] >> 4 * (group / 2 % 2) & 15;
                float scale = d * (0.5f + s) * 0.25f;
                int word = LittleEndian.getU16(from, offset + 2 + 2 * group);
                Points.GRID.decode(word & 511, scale, 8 * Signs.complete(word >> 9), into, at);
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        GridSearch search = new GridSearch(Search.NEIGHBOURS, SUB_BLOCK, 9, 0.1f, GridSearch.Refit.OFF_GRID);
        SubScales scales = new SubScales(BLOCK / SUB_BLOCK, 15);
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            float sigma2 = Importance.sumOfSquares(from, at, BLOCK) / BLOCK;
            for (int b = 0; b < scales.count(); b++) {
                int first = SUB_BLOCK * b;
                Importance.weigh(weights, column + first, sigma2, from, at + first, SUB_BLOCK, search.weights);
                search.splitEven(from, at + first);
                scales.set(b, search.fit(ScaleSearch.EPSILON));
                for (int k = 0; k < 2; k++) {
                    int word = search.points[k] | (search.signs[k] & 127) << 9;
                    LittleEndian.putU16(into, offset + 2 + 4 * b + 2 * k, word);
                }
            }
            Half.put(into, offset, scales.quantize());
            if (scales.areZero()) {
                Arrays.fill(into, offset, offset + BYTES, (byte) 0);
            }
            for (int i = 0; i < 8; i++) {
                into[offset + SCALES + i] = (byte) (scales.levels[2 * i] | scales.levels[2 * i + 1] << 4);
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
