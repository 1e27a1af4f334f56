package org.imatrixstats.ggml.ik;

import java.util.Arrays;

import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Rounding;

/** q6_K with the longer search of {@link SymmetricBlock}. Weights count as they are. */
public final class Q6_K extends Reencoding {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 16;
    private static final int BLOCKS = SUPER_BLOCK / BLOCK;
    private static final int BYTES = 210;
    private static final int HIGH = 128;
    private static final int SCALES = 192;
    private static final int SCALE = 208;
    private static final int MAX = 32;
    private static final float NOTHING = 1e-15f;

    public Q6_K() {
        super(new org.imatrixstats.ggml.k.Q6_K());
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        SymmetricBlock block = new SymmetricBlock(BLOCK, MAX);
        float[] scales = new float[BLOCKS];
        int[] codes = new int[SUPER_BLOCK];
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES) {
            float extreme = 0;
            for (int b = 0; b < BLOCKS; b++) {
                int start = column + BLOCK * b;
                if (weights == null) {
                    block.weighBySquares(from, at + start);
                } else {
                    System.arraycopy(weights, start, block.weight, 0, BLOCK);
                }
                scales[b] = block.fit(from, at + start);
                System.arraycopy(block.code, 0, codes, BLOCK * b, BLOCK);
                extreme = Math.abs(scales[b]) > Math.abs(extreme) ? scales[b] : extreme;
            }
            if (Math.abs(extreme) < NOTHING) {
                Arrays.fill(into, offset, offset + BYTES, (byte) 0);
                continue;
            }
            float inverse = -128 / extreme;
            Half.put(into, offset + SCALE, 1 / inverse);
            for (int b = 0; b < BLOCKS; b++) {
                int s = Math.min(127, Rounding.nearest(inverse * scales[b]));
                into[offset + SCALES + b] = (byte) s;
                recode(from, at + column + BLOCK * b, Half.get(into, offset + SCALE) * (byte) s, codes, BLOCK * b);
            }
            pack(codes, into, offset);
        }
    }

    private static void recode(float[] x, int at, float d, int[] codes, int first) {
        if (d == 0) {
            return;
        }
        for (int i = 0; i < BLOCK; i++) {
            codes[first + i] = Math.clamp(Rounding.nearest(x[at + i] / d), -MAX, MAX - 1) + MAX;
        }
    }

    private static void pack(int[] codes, byte[] into, int offset) {
        for (int i = 0; i < SUPER_BLOCK / 2; i++) {
            int low = i / 64 * 128 + i % 64;
            into[offset + i] = (byte) (codes[low] & 15 | codes[low + 64] << 4);
        }
        for (int i = 0; i < SUPER_BLOCK / 4; i++) {
            int first = i / 32 * 128 + i % 32;
            into[offset + HIGH
                    + i] = (byte) (codes[first] >> 4 | codes[first + 32] >> 4 << 2 | codes[first + 64] >> 4 << 4
                            | codes[first + 96] >> 4 << 6);
        }
    }
}
