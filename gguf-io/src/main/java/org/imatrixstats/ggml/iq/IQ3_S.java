package org.imatrixstats.ggml.iq;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;

/**
 * 256 values in 8 sub-blocks of 32. A group of four values is one of 512 points of {1, 3, 5, 7, 9, 11, 13, 15}⁴, with
 * signs: x = d · (2·s + 1) · ±value.
 *
 * <pre>
 * byte 0   2                           66     74      106      110
 *      | d | points, their low 8 bits | high | signs | scales |
 *
 * points: a byte for each of the 64 groups
 * high: the ninth bit of each point; byte i has those of groups 8i to 8i+7, the lowest bit first
 * signs: a byte for each eight values
 *
 * scales, byte i
 * bit  0            4                8
 *      | s of sub 2i | s of sub 2i+1 |
 * </pre>
 *
 * d is a half.
 */
public final class IQ3_S extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 110;
    private static final int SUB_BLOCK = 32;
    private static final int HIGH = 66;
    private static final int SIGNS = 74;
    private static final int SCALES = 106;

    private static final class Points {
        static final Grid GRID = Grid.read("iq3_s", 4, 1, 3, 5, 7, 9, 11, 13, 15);
    }

    private static final class Search {
        static final Neighbours NEIGHBOURS = new Neighbours(Points.GRID, 3);
    }

    public IQ3_S() {
        super(GgmlType.IQ3_S);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            float d = Half.get(from, offset);
            for (int b = 0; b < BLOCK / SUB_BLOCK; b++) {
                int s = from[offset + SCALES + b / 2] >> 4 * (b % 2) & 15;
                float scale = d * (1 + 2 * s);
                int high = from[offset + HIGH + b];
                for (int k = 0; k < 8; k++, at += 4) {
                    int point = from[offset + 2 + 8 * b + k] & 0xff | high << 8 - k & 256;
                    int signs = from[offset + SIGNS + 4 * b + k / 2] & 0xff;
                    Points.GRID.decode(point, scale, 8 * signs + 4 * (k % 2), into, at);
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        GridSearch search = new GridSearch(Search.NEIGHBOURS, SUB_BLOCK, 9, 0.2f,
                GridSearch.Refit.ALL_IF_ONE_IS_OFF_GRID);
        SubScales scales = new SubScales(BLOCK / SUB_BLOCK, 15);
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            float sigma2 = 2 * Importance.sumOfSquares(from, at, BLOCK) / BLOCK;
            Arrays.fill(into, offset, offset + BYTES, (byte) 0);
            // ggml leaves no place for an empty sub-block. The points and signs after it are one place too early, but
            // their high bits are not. Such a block decodes to wrong values.
            int points = offset + 2;
            int signs = offset + SIGNS;
            for (int b = 0; b < scales.count(); b++) {
                int first = SUB_BLOCK * b;
                Weights.weigh(weights, column + first, sigma2, from, at + first, SUB_BLOCK, search.weights);
                search.split(from, at + first);
                scales.set(b, search.fit(0));
                if (!search.empty) {
                    for (int k = 0; k < 8; k++) {
                        into[points++] = (byte) search.points[k];
                        into[offset + HIGH + b] |= (byte) (search.points[k] >> 8 << k);
                    }
                    for (int k = 0; k < 4; k++) {
                        into[signs++] = (byte) search.signs[k];
                    }
                }
            }
            Half.put(into, offset, scales.quantize() * 1.033f);
            for (int i = 0; i < 4; i++) {
                into[offset + SCALES + i] = (byte) (scales.levels[2 * i] | scales.levels[2 * i + 1] << 4);
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
