package org.imatrixstats.ggml.k;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.GroupSearch;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleLanes;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * 256 values in sixteen groups, x = d·s·(q − 32): per 128 values 64 bytes with the low 4 bits of q, and after both halves
 * 32 bytes each with the upper 2 bits; then s as 16 signed bytes, d as a half.
 */
public final class Q6_K extends KCodec {
    private static final int BYTES = 210;
    private static final int HIGH = 128;
    private static final int SCALES = 192;
    private static final int SCALE = 208;
    private static final int GROUP = 16;
    private static final int GROUPS = 16;

    public Q6_K() {
        super(GgmlType.Q6_K);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += SuperBlock.SIZE, offset += BYTES) {
            float d = Half.get(from, offset + SCALE);
            for (int g = 0; g < GROUPS; g++, at += GROUP) {
                float scale = d * from[offset + SCALES + g];
                int low = offset + g / 8 * 64 + g % 4 * 16;
                int lowShift = g % 8 / 4 * 4;
                int high = offset + HIGH + g / 8 * 32 + g % 2 * 16;
                int highShift = g % 8 / 2 * 2;
                for (int i = 0; i < GROUP; i++) {
                    int q = from[low + i] >> lowShift & 15 | (from[high + i] >> highShift & 3) << 4;
                    into[at + i] = scale * (q - 32);
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
        return Half.isFinite(from, offset + SCALE);
    }

    /** The search for the scales of some super-blocks. */
    private static final class Search implements Encoder {
        private final GroupSearch lanes;
        private final float[] importance;
        private final float[] scales = new float[GROUPS];
        private final byte[] levels = new byte[SuperBlock.SIZE];

        Search(boolean weighted, int blocks) {
            lanes = new ScaleLanes(32, GROUP, blocks * GROUPS);
            importance = weighted ? new float[blocks * SuperBlock.SIZE] : null;
        }

        @Override
        public void search(float[] x, int at, int blocks, float[] weights, int column, int columns) {
            if (weights != null) {
                // The importance of the columns alone, without √(σ² + x²).
                for (int b = 0; b < blocks; b++) {
                    System.arraycopy(weights, (column + SuperBlock.SIZE * b) % columns, importance, SuperBlock.SIZE * b,
                            SuperBlock.SIZE);
                }
            }
            lanes.search(x, at, importance, blocks * GROUPS);
        }

        @Override
        public void encode(float[] x, int at, int block, byte[] into, int offset) {
            for (int g = 0; g < GROUPS; g++) {
                scales[g] = lanes.scale(block * GROUPS + g);
            }
            float max = SuperBlock.largest(scales);
            if (Math.abs(max) < ScaleSearch.EPSILON) {
                Arrays.fill(into, offset, offset + BYTES, (byte) 0);
                return;
            }
            float inverse = -128 / max;
            Half.put(into, offset + SCALE, 1 / inverse);
            float d = Half.get(into, offset + SCALE);
            for (int g = 0; g < GROUPS; g++) {
                byte s = (byte) Math.min(127, Rounding.nearest(inverse * scales[g]));
                into[offset + SCALES + g] = s;
                if (d * s == 0) {
                    lanes.levels(block * GROUPS + g, levels, GROUP * g);
                } else {
                    SuperBlock.symmetricLevels(x, at + GROUP * g, GROUP, d * s, 32, levels, GROUP * g);
                }
            }
            pack(levels, 0, into, offset, offset + HIGH);
            pack(levels, 128, into, offset + 64, offset + HIGH + 32);
        }
    }

    private static void pack(byte[] levels, int at, byte[] into, int low, int high) {
        for (int i = 0; i < 32; i++) {
            int q1 = levels[at + i];
            int q2 = levels[at + i + 32];
            int q3 = levels[at + i + 64];
            int q4 = levels[at + i + 96];
            into[low + i] = (byte) (q1 & 15 | q3 << 4);
            into[low + 32 + i] = (byte) (q2 & 15 | q4 << 4);
            into[high + i] = (byte) (q1 >> 4 | q2 >> 4 << 2 | q3 >> 4 << 4 | q4 >> 4 << 6);
        }
    }
}
