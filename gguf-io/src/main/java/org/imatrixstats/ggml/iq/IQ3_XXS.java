package org.imatrixstats.ggml.iq;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;

/**
 * 256 values in 8 sub-blocks of 32. A group of four values is one of 256 points of {4, 12, 20, 28, 36, 44, 52, 62}⁴, with
 * signs: x = d · (2·s + 1) / 4 · ±value.
 *
 * <pre>
 * byte 0   2                               66                                         98
 *      | d | point 0 | point 1 | … | point 63 | sub-block 0 | sub-block 1 | … | sub-block 7 |
 *
 * sub-block, a little-endian word; signs of eight values each
 * bit  0         7         14        21        28  32
 *      | signs 0 | signs 1 | signs 2 | signs 3 | s |
 * </pre>
 *
 * d is a half. Seven signs are stored; the eighth makes the number of negative values even.
 */
public final class IQ3_XXS extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 98;
    private static final int SUB_BLOCK = 32;
    private static final int SIGNS = 66;
    private static final float EPSILON = 1e-8f;

    private static final class Points {
        static final Grid GRID = Grid.read("iq3_xxs", 4, 4, 12, 20, 28, 36, 44, 52, 62);
    }

    private static final class Search {
        static final Neighbours NEIGHBOURS = new Neighbours(Points.GRID, 2);
    }

    public IQ3_XXS() {
        super(GgmlType.IQ3_XXS);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            float d = Half.get(from, offset);
            for (int b = 0, point = offset + 2; b < BLOCK / SUB_BLOCK; b++) {
                int word = LittleEndian.getI32(from, offset + SIGNS + 4 * b);
                float scale = d * (0.5f + (word >>> 28)) * 0.5f;
                for (int k = 0; k < 4; k++, at += 8, point += 2) {
                    int signs = 8 * Signs.complete(word >> 7 * k & 127);
                    Points.GRID.decode(from[point] & 0xff, scale, signs, into, at);
                    Points.GRID.decode(from[point + 1] & 0xff, scale, signs + 4, into, at + 4);
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        GridSearch search = new GridSearch(Search.NEIGHBOURS, SUB_BLOCK, 15, 0.2f, GridSearch.Refit.OFF_GRID);
        SubScales scales = new SubScales(BLOCK / SUB_BLOCK, 15);
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            float sigma2 = 2 * Importance.sumOfSquares(from, at, BLOCK) / BLOCK;
            for (int b = 0; b < scales.count(); b++) {
                int first = SUB_BLOCK * b;
                Weights.weigh(weights, column + first, sigma2, from, at + first, SUB_BLOCK, search.weights);
                search.splitEven(from, at + first);
                scales.set(b, search.fit(EPSILON));
                for (int k = 0; k < 8; k++) {
                    into[offset + 2 + 8 * b + k] = (byte) search.points[k];
                }
                int signs = 0;
                for (int k = 0; k < 4; k++) {
                    signs |= (search.signs[k] & 127) << 7 * k;
                }
                LittleEndian.putI32(into, offset + SIGNS + 4 * b, signs);
            }
            Half.put(into, offset, scales.quantize() * 1.0125f);
            if (scales.areZero()) {
                Arrays.fill(into, offset, offset + BYTES, (byte) 0);
            }
            for (int b = 0; b < scales.count(); b++) {
                into[offset + SIGNS + 4 * b + 3] |= (byte) (scales.levels[b] << 4);
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
