package org.imatrixstats.ggml.iq;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * 256 values in 8 sub-blocks of 32. A group of eight values is one of 256 points of {8, 25, 43}⁸, with signs:
 * x = d · (2·s + 1) / 8 · ±value.
 *
 * <pre>
 * byte 0   2                                          66
 *      | d | sub-block 0 | sub-block 1 | … | sub-block 7 |
 *
 * sub-block, two little-endian words
 * bit  0         8         16        24        32
 *      | point 0 | point 1 | point 2 | point 3 |
 *
 * bit  0         7         14        21        28  32
 *      | signs 0 | signs 1 | signs 2 | signs 3 | s |
 * </pre>
 *
 * d is a half. Seven signs are stored; the eighth makes the number of negative values even.
 */
public final class IQ2_XXS extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 66;
    private static final int SUB_BLOCK = 32;

    private static final class Points {
        static final Grid GRID = Grid.read("iq2_xxs", 8, 8, 25, 43);
    }

    private static final class Search {
        static final Neighbours NEIGHBOURS = new Neighbours(Points.GRID, 2);
    }

    public IQ2_XXS() {
        super(GgmlType.IQ2_XXS);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            float d = Half.get(from, offset);
            for (int sub = offset + 2; sub < offset + BYTES; sub += 8) {
                int word = LittleEndian.getI32(from, sub + 4);
                float scale = d * (0.5f + (word >>> 28)) * 0.25f;
                for (int k = 0; k < 4; k++, at += 8) {
                    int signs = Signs.complete(word >> 7 * k & 127);
                    Points.GRID.decode(from[sub + k] & 0xff, scale, 8 * signs, into, at);
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        GridSearch search = new GridSearch(Search.NEIGHBOURS, SUB_BLOCK, 6, 0.1f, GridSearch.Refit.ALL);
        SubScales scales = new SubScales(BLOCK / SUB_BLOCK, 15);
        byte[] levels = new byte[SUB_BLOCK];
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            float sigma2 = Importance.sumOfSquares(from, at, BLOCK) / BLOCK;
            for (int b = 0, sub = offset + 2; b < scales.count(); b++, sub += 8) {
                int first = SUB_BLOCK * b;
                Importance.weigh(weights, column + first, sigma2, from, at + first, SUB_BLOCK, search.weights);
                search.splitEven(from, at + first);
                float start = ScaleSearch.positive(4, search.x, SUB_BLOCK, search.weights, levels);
                scales.set(b, search.fit(3 * start, start, 0));
                int signs = 0;
                for (int k = 0; k < 4; k++) {
                    into[sub + k] = (byte) search.points[k];
                    signs |= (search.signs[k] & 127) << 7 * k;
                }
                LittleEndian.putI32(into, sub + 4, signs);
            }
            Half.put(into, offset, scales.quantize());
            if (scales.areZero()) {
                Arrays.fill(into, offset, offset + BYTES, (byte) 0);
            }
            for (int b = 0, last = offset + 9; b < scales.count(); b++, last += 8) {
                into[last] |= (byte) (scales.levels[b] << 4);
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
