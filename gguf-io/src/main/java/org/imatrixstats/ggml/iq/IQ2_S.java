package org.imatrixstats.ggml.iq;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;

/**
 * 256 values in 16 sub-blocks of 16. A group of eight values is one of 1024 points of {8, 25, 43}⁸, with eight signs:
 * x = d · (2·s + 1) / 8 · ±value.
 *
 * <pre>
 * byte 0   2                           34      66     74       82
 *      | d | points, their low 8 bits | signs | high | scales |
 *
 * points, signs: a byte for each of the 32 groups
 *
 * high, byte i: the high 2 bits of the points
 * bit  0          2            4            6            8
 *      | group 4i | group 4i+1 | group 4i+2 | group 4i+3 |
 *
 * scales, byte i
 * bit  0            4                8
 *      | s of sub 2i | s of sub 2i+1 |
 * </pre>
 *
 * d is a half.
 */
public final class IQ2_S extends RowCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 82;
    private static final int SUB_BLOCK = 16;
    private static final int SIGNS = 34;
    private static final int HIGH = 66;
    private static final int SCALES = 74;
    private static final float EPSILON = 1e-8f;

    private static final class Points {
        static final Grid GRID = Grid.read("iq2_s", 8, 8, 25, 43);
    }

    private static final class Search {
        static final Neighbours NEIGHBOURS = new Neighbours(Points.GRID, 1);
    }

    public IQ2_S() {
        super(GgmlType.IQ2_S);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            float d = Half.get(from, offset);
            for (int group = 0; group < 32; group++, at += 8) {
                int s = from[offset + SCALES + group / 4] >> 4 * (group / 2 % 2) & 15;
                float scale = d * (0.5f + s) * 0.25f;
                int high = from[offset + HIGH + group / 4] >> 2 * (group % 4) & 3;
                int point = from[offset + 2 + group] & 0xff | high << 8;
                Points.GRID.decode(point, scale, 8 * (from[offset + SIGNS + group] & 0xff), into, at);
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        GridSearch search = new GridSearch(Search.NEIGHBOURS, SUB_BLOCK, 9, 0.1f, GridSearch.Refit.OFF_GRID);
        SubScales scales = new SubScales(BLOCK / SUB_BLOCK, 15);
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, offset += BYTES) {
            float sigma2 = 2 * Importance.sumOfSquares(from, at, BLOCK) / BLOCK;
            for (int b = 0; b < scales.count(); b++) {
                int first = SUB_BLOCK * b;
                if (weights != null) {
                    Importance.weigh(weights, column + first, sigma2, from, at + first, SUB_BLOCK, search.weights);
                } else {
                    for (int i = 0; i < SUB_BLOCK; i++) {
                        float x = from[at + first + i];
                        search.weights[i] = 0.25f * sigma2 + x * x;
                    }
                }
                search.split(from, at + first);
                scales.set(b, search.fit(EPSILON));
                int high = 0;
                for (int k = 0; k < 2; k++) {
                    into[offset + 2 + 2 * b + k] = (byte) search.points[k];
                    into[offset + SIGNS + 2 * b + k] = (byte) search.signs[k];
                    high |= search.points[k] >> 8 << 2 * k;
                }
                int at4 = offset + HIGH + b / 2;
                into[at4] = (byte) (b % 2 == 0 ? high : into[at4] | high << 4);
            }
            Half.put(into, offset, scales.quantize() * 0.9875f);
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
