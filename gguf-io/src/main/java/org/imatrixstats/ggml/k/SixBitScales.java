package org.imatrixstats.ggml.k;

import org.imatrixstats.ggml.block.GroupSearch;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.MinLanes;
import org.imatrixstats.ggml.block.MinSearch;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * What q4_K and q5_K share: eight groups of 32 values x = d·s·q − dmin·m. A block begins with d and dmin as halves, then 12
 * bytes with the eight s and the eight m in 6 bits each:
 *
 * <pre>
 * byte   0..3   s0..s3 (low 6 bits), the upper 2 bits of s4..s7
 * byte   4..7   m0..m3 (low 6 bits), the upper 2 bits of m4..m7
 * byte   8..11  the low 4 bits of s4..s7, of m4..m7
 * </pre>
 */
abstract class SixBitScales implements KCodec.Encoder {
    /** Bytes of d, dmin, s and m. */
    static final int BYTES = 16;
    static final int GROUP = 32;
    static final int GROUPS = 8;

    private final int limit;
    private final int highestScale;
    private final boolean weighted;
    private final GroupSearch search;
    private final SuperBlockWeights weights;
    private final float[] scales = new float[GROUPS];
    private final float[] mins = new float[GROUPS];
    private final float[] sums = new float[GROUPS];
    private final byte[] scaleLevels = new byte[GROUPS];
    private final byte[] minLevels = new byte[GROUPS];
    private final byte[] levels = new byte[SuperBlock.SIZE];

    /**
     * Room for the work on blocks; not for several threads.
     *
     * @param limit        the highest level
     * @param highestScale the highest level of a scale that was found with weights. The search gives a negative scale a
     *                     level that wraps in an unsigned byte. q5_K cuts it to 63; q4_K stores it, and the bits of
     *                     another scale with it.
     * @param blocks       the largest number of blocks at a time
     */
    SixBitScales(int limit, int highestScale, boolean weighted, MinSearch search, int blocks) {
        this.limit = limit;
        this.highestScale = highestScale;
        this.weighted = weighted;
        this.search = new MinLanes(search, GROUP, blocks * GROUPS);
        weights = new SuperBlockWeights(blocks);
    }

    /** s of a group. */
    static int scale(byte[] from, int offset, int group) {
        return group < 4
                ? from[offset + 4 + group] & 63
                : from[offset + 8 + group] & 15 | from[offset + group] >> 2 & 0x30;
    }

    /** m of a group. */
    static int min(byte[] from, int offset, int group) {
        return group < 4
                ? from[offset + 8 + group] & 63
                : from[offset + 8 + group] >> 4 & 15 | from[offset + 4 + group] >> 2 & 0x30;
    }

    /** Writes the levels of a block that begins at {@code offset}. */
    abstract void pack(byte[] levels, byte[] into, int offset);

    @Override
    public void search(float[] x, int at, int blocks, float[] importance, int column, int columns) {
        if (weighted) {
            weights.weigh(x, at, blocks, importance, column, columns, 2);
        } else {
            for (int group = 0; group < blocks * GROUPS; group++) {
                int start = at + GROUP * group;
                float average = (float) Math.sqrt(Importance.sumOfSquares(x, start, GROUP) / GROUP);
                for (int i = 0; i < GROUP; i++) {
                    weights.values[GROUP * group + i] = average + Math.abs(x[start + i]);
                }
            }
        }
        search.search(x, at, weights.values, blocks * GROUPS);
    }

    @Override
    public void encode(float[] x, int at, int block, byte[] into, int offset) {
        for (int g = 0; g < GROUPS; g++) {
            scales[g] = search.scale(block * GROUPS + g);
            mins[g] = -search.offset(block * GROUPS + g);
        }
        if (weighted) {
            scaleWeighted(block, into, offset);
        } else {
            scalePlain(into, offset);
        }
        for (int g = 0; g < 4; g++) {
            into[offset + 4 + g] = (byte) (scaleLevels[g] | scaleLevels[g + 4] >> 4 << 6);
            into[offset + 8 + g] = (byte) (minLevels[g] | minLevels[g + 4] >> 4 << 6);
            into[offset + 12 + g] = (byte) (scaleLevels[g + 4] & 15 | minLevels[g + 4] << 4);
        }
        float d = Half.get(into, offset);
        float dmin = Half.get(into, offset + 2);
        for (int g = 0; g < GROUPS; g++) {
            float scale = d * scale(into, offset, g);
            if (scale == 0) {
                search.levels(block * GROUPS + g, levels, GROUP * g);
            } else {
                SuperBlock.levels(x, at + GROUP * g, GROUP, scale, dmin * min(into, offset, g), limit, levels,
                        GROUP * g);
            }
        }
        pack(levels, into, offset);
    }

    private void scalePlain(byte[] into, int offset) {
        float maxScale = SuperBlock.max(scales);
        float maxMin = SuperBlock.max(mins);
        float inverseScale = maxScale > 0 ? 63 / maxScale : 0;
        float inverseMin = maxMin > 0 ? 63 / maxMin : 0;
        for (int g = 0; g < GROUPS; g++) {
            // Unsigned bytes: a negative scale wraps and becomes 63.
            scaleLevels[g] = (byte) Math.min(63, Rounding.nearest(inverseScale * scales[g]) & 0xff);
            minLevels[g] = (byte) Math.min(63, Rounding.nearest(inverseMin * mins[g]) & 0xff);
        }
        Half.put(into, offset, maxScale / 63);
        Half.put(into, offset + 2, maxMin / 63);
    }

    private void scaleWeighted(int block, byte[] into, int offset) {
        weights.sums(block, GROUP, sums);
        Half.put(into, offset, ScaleSearch.positive(63, scales, GROUPS, sums, scaleLevels));
        Half.put(into, offset + 2, ScaleSearch.positive(63, mins, GROUPS, sums, minLevels));
        for (int g = 0; g < GROUPS; g++) {
            scaleLevels[g] = (byte) Math.min(highestScale, scaleLevels[g] & 0xff);
            minLevels[g] = (byte) Math.min(highestScale, minLevels[g] & 0xff);
        }
    }
}
