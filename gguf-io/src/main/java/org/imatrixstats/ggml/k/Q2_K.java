package org.imatrixstats.ggml.k;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.GroupSearch;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.MinLanes;
import org.imatrixstats.ggml.block.MinSearch;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * 256 values in sixteen groups, x = d·s·q − dmin·m: 16 bytes with s in the low and m in the upper 4 bits, 64 bytes with q
 * in 2 bits, d and dmin as halves.
 */
public final class Q2_K extends KCodec {
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
    Encoder encoder(boolean weighted, int blocks) {
        return new Search(weighted, blocks);
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset + SCALE) && Half.isFinite(from, offset + SCALE + 2);
    }

    /** The search for the scales and offsets of some super-blocks. */
    private static final class Search implements Encoder {
        private final boolean weighted;
        private final GroupSearch lanes;
        private final SuperBlockWeights weights;
        private final byte[] levels = new byte[SuperBlock.SIZE];
        private final float[] scales = new float[GROUPS];
        private final float[] mins = new float[GROUPS];
        private final float[] sums = new float[GROUPS];
        private final byte[] scaleLevels = new byte[GROUPS];
        private final byte[] minLevels = new byte[GROUPS];

        Search(boolean weighted, int blocks) {
            this.weighted = weighted;
            lanes = new MinLanes(weighted ? WEIGHTED : PLAIN, GROUP, blocks * GROUPS);
            weights = new SuperBlockWeights(blocks);
        }

        @Override
        public void search(float[] x, int at, int blocks, float[] importance, int column, int columns) {
            if (weighted) {
                weights.weigh(x, at, blocks, importance, column, columns, 1);
            } else {
                for (int i = 0; i < blocks * SuperBlock.SIZE; i++) {
                    weights.values[i] = Math.abs(x[at + i]);
                }
            }
            lanes.search(x, at, weights.values, blocks * GROUPS);
        }

        @Override
        public void encode(float[] x, int at, int block, byte[] into, int offset) {
            for (int g = 0; g < GROUPS; g++) {
                scales[g] = lanes.scale(block * GROUPS + g);
                mins[g] = -lanes.offset(block * GROUPS + g);
            }
            if (weighted) {
                scaleWeighted(block, into, offset);
            } else {
                scalePlain(into, offset);
            }
            float d = Half.get(into, offset + SCALE);
            float dmin = Half.get(into, offset + SCALE + 2);
            for (int g = 0; g < GROUPS; g++) {
                float scale = d * (into[offset + g] & 15);
                float min = dmin * (into[offset + g] >> 4 & 15);
                if (scale == 0) {
                    lanes.levels(block * GROUPS + g, levels, GROUP * g);
                } else {
                    SuperBlock.levels(x, at + GROUP * g, GROUP, scale, min, 3, levels, GROUP * g);
                }
            }
            SuperBlock.putTwoBits(levels, into, offset + LEVELS);
        }

        private void scalePlain(byte[] into, int offset) {
            float maxScale = SuperBlock.max(scales);
            float maxMin = SuperBlock.max(mins);
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

        private void scaleWeighted(int block, byte[] into, int offset) {
            weights.sums(block, GROUP, sums);
            Half.put(into, offset + SCALE, ScaleSearch.positive(15, scales, GROUPS, sums, scaleLevels));
            Half.put(into, offset + SCALE + 2, ScaleSearch.positive(15, mins, GROUPS, sums, minLevels));
            for (int g = 0; g < GROUPS; g++) {
                into[offset + g] = (byte) (scaleLevels[g] | minLevels[g] << 4);
            }
        }
    }
}
