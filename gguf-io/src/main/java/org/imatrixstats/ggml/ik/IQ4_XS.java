package org.imatrixstats.ggml.ik;

import java.util.Arrays;

import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/** iq4_xs with the longer search of {@link NonlinearBlock}. */
public final class IQ4_XS extends Reencoding {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCKS = SUPER_BLOCK / NonlinearBlock.SIZE;
    private static final int BYTES = 136;
    private static final int SCALES_HIGH = 2;
    private static final int SCALES = 4;
    private static final int CODES = 8;

    public IQ4_XS() {
        super(new org.imatrixstats.ggml.iq.IQ4_XS());
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        NonlinearBlock block = new NonlinearBlock();
        float[] scales = new float[BLOCKS];
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES) {
            float sigma2 = 2 * Importance.sumOfSquares(from, at + column, SUPER_BLOCK) / SUPER_BLOCK;
            float extreme = 0;
            for (int b = 0; b < BLOCKS; b++) {
                int start = column + NonlinearBlock.SIZE * b;
                block.weigh(weights, start, sigma2, from, at + start);
                scales[b] = block.fit(from, at + start);
                extreme = Math.abs(scales[b]) > Math.abs(extreme) ? scales[b] : extreme;
            }
            float d = -extreme / 32;
            float inverse = d != 0 ? 1 / d : 0;
            Half.put(into, offset, d);
            Arrays.fill(into, offset + SCALES, offset + CODES, (byte) 0);
            int high = 0;
            for (int b = 0; b < BLOCKS; b++) {
                int s = Math.clamp(Rounding.nearest(inverse * scales[b]), -32, 31);
                into[offset + SCALES + b / 2] |= (byte) ((s + 32 & 15) << 4 * (b % 2));
                high |= s + 32 >> 4 << 2 * b;
                NonlinearBlock.pack(d * s, from, at + column + NonlinearBlock.SIZE * b, into, offset + CODES + 16 * b);
            }
            LittleEndian.putU16(into, offset + SCALES_HIGH, high);
        }
    }
}
