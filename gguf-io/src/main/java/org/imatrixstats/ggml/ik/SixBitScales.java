package org.imatrixstats.ggml.ik;

import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleSearch;

/** What q4_K and q5_K share: the scales and offsets of eight blocks of 32 values in 6 bits each, after d and dmin. */
final class SixBitScales {
    static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 32;
    private static final int BLOCKS = SUPER_BLOCK / BLOCK;
    private static final int PACKED = 4;

    /** The codes of the values of the block that was encoded last. */
    final int[] code = new int[SUPER_BLOCK];
    private final int limit;
    private final OffsetSearch search;
    private final float[] scales = new float[BLOCKS];
    private final float[] mins = new float[BLOCKS];
    private final float[] sums = new float[BLOCKS];
    private final byte[] scaleCodes = new byte[BLOCKS];
    private final byte[] minCodes = new byte[BLOCKS];

    /** @param limit of the codes of values */
    SixBitScales(int limit) {
        this.limit = limit;
        search = new OffsetSearch(BLOCK, limit);
    }

    /** Writes the first 16 bytes of a block and leaves the codes of its values in {@link #code}. */
    void encode(float[] x, int at, float[] weights, int column, byte[] into, int offset) {
        float sigma2 = 2 * Importance.sumOfSquares(x, at, SUPER_BLOCK) / SUPER_BLOCK;
        for (int b = 0; b < BLOCKS; b++) {
            search.weigh(weights, column + BLOCK * b, sigma2, x, at + BLOCK * b);
            search.search(x, at + BLOCK * b);
            scales[b] = search.scale();
            mins[b] = search.min();
            sums[b] = search.sumOfWeights();
            System.arraycopy(search.code, 0, code, BLOCK * b, BLOCK);
        }
        Half.put(into, offset, ScaleSearch.positive(63, scales, BLOCKS, sums, scaleCodes));
        Half.put(into, offset + 2, ScaleSearch.positive(63, mins, BLOCKS, sums, minCodes));
        for (int b = 0; b < BLOCKS / 2; b++) {
            into[offset + PACKED + b] = (byte) (scaleCodes[b] | scaleCodes[b + 4] >> 4 << 6);
            into[offset + PACKED + 4 + b] = (byte) (minCodes[b] | minCodes[b + 4] >> 4 << 6);
            into[offset + PACKED + 8 + b] = (byte) (scaleCodes[b + 4] & 15 | minCodes[b + 4] << 4);
        }
        for (int b = 0; b < BLOCKS; b++) {
            float scale = Half.get(into, offset) * scaleCodes[b];
            float min = Half.get(into, offset + 2) * minCodes[b];
            for (int i = BLOCK * b; i < BLOCK * (b + 1) && scale != 0; i++) {
                code[i] = Math.clamp(Rounding.nearest((x[at + i] + min) / scale), 0, limit);
            }
        }
    }

    /** Writes the low 4 bits of the codes, two blocks to 32 bytes. */
    void putLowBits(byte[] into, int offset) {
        for (int i = 0; i < SUPER_BLOCK / 2; i++) {
            int first = i / BLOCK * 2 * BLOCK + i % BLOCK;
            into[offset + i] = (byte) (code[first] & 15 | code[first + BLOCK] << 4);
        }
    }

    /** Writes the fifth bits of the codes, bit b of byte i for value i of block b. */
    void putFifthBits(byte[] into, int offset) {
        for (int i = 0; i < BLOCK; i++) {
            int bits = 0;
            for (int b = 0; b < BLOCKS; b++) {
                bits |= code[BLOCK * b + i] >> 4 << b;
            }
            into[offset + i] = (byte) bits;
        }
    }
}
