package org.imatrixstats.ggml.ik;

import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleSearch;

/**
 * q2_K with the longer search of {@link OffsetSearch} if there are weights. Without weights ik_llama.cpp looks
 * whether all rows that a thread quantizes at a time have only three levels, and then encodes those exactly; that
 * depends on the number of threads and is not done here.
 */
public final class Q2_K extends Reencoding {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 16;
    private static final int BLOCKS = SUPER_BLOCK / BLOCK;
    private static final int BYTES = 84;
    private static final int CODES = 16;
    private static final int SCALE = 80;
    private static final int LIMIT = 3;

    public Q2_K() {
        super(new org.imatrixstats.ggml.k.Q2_K());
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        if (weights == null) {
            quantizePlain(from, at, columns, into, offset);
            return;
        }
        OffsetSearch search = new OffsetSearch(BLOCK, LIMIT);
        float[] scales = new float[BLOCKS];
        float[] mins = new float[BLOCKS];
        float[] sums = new float[BLOCKS];
        byte[] scaleCodes = new byte[BLOCKS];
        byte[] minCodes = new byte[BLOCKS];
        int[] codes = new int[SUPER_BLOCK];
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES) {
            float sigma2 = 0.75f * Importance.sumOfSquares(from, at + column, SUPER_BLOCK) / SUPER_BLOCK;
            for (int b = 0; b < BLOCKS; b++) {
                int start = column + BLOCK * b;
                search.weigh(weights, start, sigma2, from, at + start);
                search.search(from, at + start);
                scales[b] = search.scale();
                mins[b] = search.min();
                sums[b] = search.sumOfWeights();
            }
            float d = ScaleSearch.positive(15, scales, BLOCKS, sums, scaleCodes);
            float dmin = ScaleSearch.positive(15, mins, BLOCKS, sums, minCodes);
            Half.put(into, offset + SCALE, d);
            Half.put(into, offset + SCALE + 2, dmin);
            for (int b = 0; b < BLOCKS; b++) {
                into[offset + b] = (byte) (scaleCodes[b] | minCodes[b] << 4);
                float scale = d * scaleCodes[b];
                float min = dmin * minCodes[b];
                float inverse = scale != 0 ? 1 / scale : 0;
                for (int i = BLOCK * b; i < BLOCK * (b + 1); i++) {
                    int q = Rounding.nearest((from[at + column + i] + min) * inverse);
                    codes[i] = Math.clamp(q, 0, LIMIT);
                }
            }
            pack(codes, into, offset + CODES);
        }
    }

    private static void pack(int[] codes, byte[] into, int offset) {
        for (int i = 0; i < SUPER_BLOCK / 4; i++) {
            int first = i / 32 * 128 + i % 32;
            into[offset + i] = (byte) (codes[first] | codes[first + 32] << 2 | codes[first + 64] << 4
                    | codes[first + 96] << 6);
        }
    }
}
