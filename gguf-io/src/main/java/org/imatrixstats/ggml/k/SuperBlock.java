package org.imatrixstats.ggml.k;

import org.imatrixstats.ggml.block.Rounding;

/** What the k-types share: super-blocks of 256 values, in groups that have a scale each. */
final class SuperBlock {
    static final int SIZE = 256;

    private SuperBlock() {
    }

    /** The largest of the scales, but at least 0. */
    static float max(float[] scales) {
        float max = 0;
        for (float scale : scales) {
            max = scale > max ? scale : max;
        }
        return max;
    }

    /** The scale of the largest magnitude, with its sign; the first of several. */
    static float largest(float[] scales) {
        float largest = 0;
        for (float scale : scales) {
            largest = Math.abs(scale) > Math.abs(largest) ? scale : largest;
        }
        return largest;
    }

    /** Rounds (x + m)/d to levels 0 … limit, with the scale and the offset of the group as they were stored. */
    static void levels(float[] x, int at, int count, float d, float m, int limit, byte[] levels, int levelsAt) {
        for (int i = 0; i < count; i++) {
            int l = Rounding.nearest((x[at + i] + m) / d);
            levels[levelsAt + i] = (byte) Math.max(0, Math.min(limit, l));
        }
    }

    /** Rounds x/d to −limit … limit − 1 and stores it from 0 on. */
    static void symmetricLevels(float[] x, int at, int count, float d, int limit, byte[] levels, int levelsAt) {
        for (int i = 0; i < count; i++) {
            int l = Rounding.nearest(x[at + i] / d);
            levels[levelsAt + i] = (byte) (limit + Math.max(-limit, Math.min(limit - 1, l)));
        }
    }

    /** Writes the low 2 bits of 256 levels to 64 bytes: four levels that lie 32 apart in each. */
    static void putTwoBits(byte[] levels, byte[] into, int offset) {
        for (int half = 0; half < 2; half++) {
            int start = half * 128;
            for (int i = 0; i < 32; i++) {
                int l = start + i;
                into[offset + half * 32 + i] = (byte) (levels[l] & 3 | (levels[l + 32] & 3) << 2
                        | (levels[l + 64] & 3) << 4 | levels[l + 96] << 6);
            }
        }
    }
}
