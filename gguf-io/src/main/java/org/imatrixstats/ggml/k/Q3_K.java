package org.imatrixstats.ggml.k;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.GroupSearch;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleLanes;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * 256 values in sixteen groups, x = d·(s − 32)·(q − 4): 32 bytes with the third bits of q (bit n of byte i for value
 * 32·n + i), 64 bytes with their low 2 bits, 12 bytes with s in 6 bits (the low 4 of s0..s7 and s8..s15, then the upper 2 of
 * four that lie 4 apart), d as a half.
 */
public final class Q3_K extends KCodec {
    private static final int BYTES = 110;
    private static final int LOW = 32;
    private static final int SCALES = 96;
    private static final int SCALE = 108;
    private static final int GROUP = 16;
    private static final int GROUPS = 16;

    public Q3_K() {
        super(GgmlType.Q3_K);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += SuperBlock.SIZE, offset += BYTES) {
            float d = Half.get(from, offset + SCALE);
            for (int g = 0; g < GROUPS; g++, at += GROUP) {
                float scale = d * scale(from, offset, g);
                int low = offset + LOW + g / 8 * 32 + g % 2 * 16;
                int high = offset + g % 2 * 16;
                int shift = g % 8 / 2 * 2;
                int bit = g / 2;
                for (int i = 0; i < GROUP; i++) {
                    int q = from[low + i] >> shift & 3 | (from[high + i] >> bit & 1) << 2;
                    into[at + i] = scale * (q - 4);
                }
            }
        }
    }

    /** s − 32. */
    private static int scale(byte[] from, int offset, int group) {
        int low = from[offset + SCALES + group % 8] >> group / 8 * 4 & 15;
        int high = from[offset + SCALES + 8 + group % 4] >> group / 4 * 2 & 3;
        return (low | high << 4) - 32;
    }

    @Override
    Encoder encoder(boolean weighted, int blocks) {
        return new Search(weighted, blocks);
    }

    private static void putScales(byte[] levels, byte[] into, int offset) {
        for (int g = 0; g < 8; g++) {
            into[offset + g] = (byte) (levels[g] & 15 | levels[g + 8] << 4);
        }
        for (int g = 0; g < 4; g++) {
            into[offset + 8 + g] = (byte) (levels[g] >> 4 | levels[g + 4] >> 4 << 2 | levels[g + 8] >> 4 << 4
                    | levels[g + 12] >> 4 << 6);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset + SCALE);
    }

    /** The search for the scales of some super-blocks. */
    private static final class Search implements Encoder {
        /** Null without weights: then one group after the other is searched. */
        private final GroupSearch lanes;
        private final SuperBlockWeights weights;
        private final byte[] levels = new byte[SuperBlock.SIZE];
        private final float[] scales = new float[GROUPS];
        private final float[] sums = new float[GROUPS];
        private final byte[] scaleLevels = new byte[GROUPS];

        Search(boolean weighted, int blocks) {
            lanes = weighted ? new ScaleLanes(4, GROUP, blocks * GROUPS) : null;
            weights = weighted ? new SuperBlockWeights(blocks) : null;
        }

        @Override
        public void search(float[] x, int at, int blocks, float[] importance, int column, int columns) {
            if (lanes != null) {
                weights.weigh(x, at, blocks, importance, column, columns, 2);
                lanes.search(x, at, weights.values, blocks * GROUPS);
            }
        }

        @Override
        public void encode(float[] x, int at, int block, byte[] into, int offset) {
            Half.put(into, offset + SCALE, lanes != null ? scaleWeighted(block) : scalePlain(x, at));
            putScales(scaleLevels, into, offset + SCALES);
            float d = Half.get(into, offset + SCALE);
            for (int g = 0; g < GROUPS; g++) {
                float scale = d * scale(into, offset, g);
                if (scale != 0) {
                    SuperBlock.symmetricLevels(x, at + GROUP * g, GROUP, scale, 4, levels, GROUP * g);
                } else if (lanes != null) {
                    lanes.levels(block * GROUPS + g, levels, GROUP * g);
                }
            }
            for (int i = 0; i < 32; i++) {
                int third = 0;
                for (int n = 0; n < 8; n++) {
                    third |= levels[32 * n + i] >> 2 << n;
                }
                into[offset + i] = (byte) third;
            }
            SuperBlock.putTwoBits(levels, into, offset + LOW);
        }

        private float scaleWeighted(int block) {
            for (int g = 0; g < GROUPS; g++) {
                scales[g] = lanes.scale(block * GROUPS + g);
            }
            weights.sums(block, GROUP, sums);
            return ScaleSearch.symmetric(32, scales, 0, GROUPS, sums, 0, scaleLevels, 0);
        }

        /** The scale of the largest magnitude becomes −32, stored as 0. */
        private float scalePlain(float[] x, int at) {
            for (int g = 0; g < GROUPS; g++) {
                scales[g] = ScaleSearch.stepwise(4, x, at + GROUP * g, GROUP, levels, GROUP * g);
            }
            float max = SuperBlock.largest(scales);
            if (max == 0) {
                Arrays.fill(scaleLevels, (byte) 0);
                return 0;
            }
            float inverse = -32 / max;
            for (int g = 0; g < GROUPS; g++) {
                int l = (byte) Rounding.nearest(inverse * scales[g]);
                scaleLevels[g] = (byte) (32 + Math.max(-32, Math.min(31, l)));
            }
            return 1 / inverse;
        }
    }
}
