package org.imatrixstats.ggml.k;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.MinSearch;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * 256 values in sixteen groups, x = d·s·q − dmin·m: 16 bytes with s in the low and m in the upper 4 bits, 64 bytes with q
 * in 2 bits, d and dmin as halves.
 */
public final class Q2_K extends RowCodec {
    private static final int BYTES = 84;
    private static final int LEVELS = 16;
    private static final int SCALE = 80;
    private static final int GROUP = 16;
    private static final int GROUPS = 16;
    private static final MinSearch PLAIN = new MinSearch(3, -0.5f, 0.1f, 15, true);
    private static final MinSearch WEIGHTED = new MinSearch(3, -0.9f, 0.05f, 36, false);

    public Q2_K() {
        super(GgmlType.Q2_K);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += SuperBlock.SIZE, offset += BYTES) {
            float d = Half.get(from, offset + SCALE);
            float dmin = Half.get(from, offset + SCALE + 2);
            for (int g = 0; g < GROUPS; g++, at += GROUP) {
                float scale = d * (from[offset + g] & 15);
                float min = dmin * (from[offset + g] >> 4 & 15);
                int start = offset + LEVELS + g / 8 * 32 + g % 2 * 16;
                int shift = g % 8 / 2 * 2;
                for (int i = 0; i < GROUP; i++) {
                    into[at + i] = scale * (from[start + i] >> shift & 3) - min;
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        Search search = new Search();
        for (int column = 0; column < columns; column += SuperBlock.SIZE, offset += BYTES) {
            int start = at + column;
            if (weights == null) {
                search.plain(from, start, into, offset);
            } else {
                search.weighted(from, start, weights, column, into, offset);
            }
            float d = Half.get(into, offset + SCALE);
            float dmin = Half.get(into, offset + SCALE + 2);
            for (int g = 0; g < GROUPS; g++) {
                SuperBlock.levels(from, start + GROUP * g, GROUP, d * (into[offset + g] & 15),
                        dmin * (into[offset + g] >> 4 & 15), 3, search.levels, GROUP * g);
            }
            SuperBlock.putTwoBits(search.levels, into, offset + LEVELS);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset + SCALE) && Half.isFinite(from, offset + SCALE + 2);
    }

    /** Scales and offsets of a super-block, and the levels that they were found with. */
    private static final class Search {
        final byte[] levels = new byte[SuperBlock.SIZE];
        private final float[] weights = new float[GROUP];
        private final float[] scales = new float[GROUPS];
        private final float[] mins = new float[GROUPS];
        private final float[] sums = new float[GROUPS];
        private final byte[] scaleLevels = new byte[GROUPS];
        private final byte[] minLevels = new byte[GROUPS];
        private final byte[] scratch = new byte[GROUP];

        void plain(float[] x, int at, byte[] into, int offset) {
            float maxScale = 0;
            float maxMin = 0;
            for (int g = 0; g < GROUPS; g++) {
                int start = at + GROUP * g;
                for (int i = 0; i < GROUP; i++) {
                    weights[i] = Math.abs(x[start + i]);
                }
                scales[g] = PLAIN.search(x, start, GROUP, weights, levels, GROUP * g, mins, g, scratch);
                maxScale = scales[g] > maxScale ? scales[g] : maxScale;
                maxMin = mins[g] > maxMin ? mins[g] : maxMin;
            }
            float inverseScale = 15 / maxScale;
            float inverseMin = 15 / maxMin;
            for (int g = 0; g < GROUPS; g++) {
                int scale = maxScale > 0 ? Rounding.nearest(inverseScale * scales[g]) : 0;
                int min = maxMin > 0 ? Rounding.nearest(inverseMin * mins[g]) : 0;
                into[offset + g] = (byte) (scale | min << 4);
            }
            Half.put(into, offset + SCALE, maxScale > 0 ? maxScale / 15 : 0);
            Half.put(into, offset + SCALE + 2, maxMin > 0 ? maxMin / 15 : 0);
        }

        void weighted(float[] x, int at, float[] columns, int columnsAt, byte[] into, int offset) {
            float sigma2 = Importance.sumOfSquares(x, at, SuperBlock.SIZE) / SuperBlock.SIZE;
            for (int g = 0; g < GROUPS; g++) {
                int start = at + GROUP * g;
                Importance.weigh(columns, columnsAt + GROUP * g, sigma2, x, start, GROUP, weights);
                sums[g] = Importance.sum(weights, GROUP);
                scales[g] = WEIGHTED.search(x, start, GROUP, weights, levels, GROUP * g, mins, g, scratch);
            }
            Half.put(into, offset + SCALE, ScaleSearch.positive(15, scales, GROUPS, sums, scaleLevels));
            Half.put(into, offset + SCALE + 2, ScaleSearch.positive(15, mins, GROUPS, sums, minLevels));
            for (int g = 0; g < GROUPS; g++) {
                into[offset + g] = (byte) (scaleLevels[g] | minLevels[g] << 4);
            }
        }
    }
}
