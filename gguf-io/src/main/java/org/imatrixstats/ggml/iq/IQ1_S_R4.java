package org.imatrixstats.ggml.iq;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.interleaved.GroupCodec;

/**
 * Four rows with a scale each, in blocks of 32 columns with the points of iq1_s: x = d · (2·s + 1) · (value ± 1/8).
 *
 * <pre>
 * byte 0         8
 *      | d × 4 | block | block | …
 *
 * block:  0                          16                24
 *         | points, their low 8 bits | word of row × 4 |
 *
 * points: byte 4·g + row for group g of eight columns; words as the sub-blocks of {@link IQ1_S}
 * </pre>
 *
 * The scales d are halves.
 */
public final class IQ1_S_R4 extends GroupCodec {
    private static final int ROWS = 4;
    private static final int SCALES = 2 * ROWS;
    private static final int BLOCK = 32;
    private static final int BYTES = 24;
    private static final int WORDS = 16;
    private static final float NOTHING = 1e-14f;

    public IQ1_S_R4() {
        super(GgmlType.IQ1_S_R4, ROWS);
    }

    @Override
    protected void dequantizeGroup(byte[] from, int offset, int columns, float[] into, int at) {
        for (int row = 0; row < ROWS; row++) {
            float d = Half.get(from, offset + 2 * row);
            int block = offset + SCALES;
            for (int column = 0; column < columns; column += BLOCK, block += BYTES) {
                int word = LittleEndian.getU16(from, block + WORDS + 2 * row);
                float scale = d * (2 * (word >> 12 & 7) + 1);
                float shift = (word & 0x8000) != 0 ? -Ternary.SHIFT : Ternary.SHIFT;
                for (int g = 0; g < 4; g++) {
                    int point = from[block + 4 * g + row] & 0xff | (word >> 3 * g & 7) << 8;
                    Ternary.decode(point, scale, shift, into, at + row * columns + column + 8 * g);
                }
            }
        }
    }

    @Override
    protected void quantizeGroup(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        IQ1_S.Encoder encoder = new IQ1_S.Encoder();
        float[] scales = new float[columns / BLOCK];
        for (int row = 0; row < ROWS; row++) {
            float max = 0;
            int start = at + row * columns;
            for (int b = 0; b < scales.length; b++) {
                int block = offset + SCALES + BYTES * b;
                scales[b] = encode(encoder, from, start + BLOCK * b, weights, BLOCK * b, into, block, row);
                max = Math.max(max, scales[b]);
            }
            Half.put(into, offset + 2 * row, 1.0625f * max / 15);
            float inverse = max != 0 ? 15 / max : 0;
            for (int b = 0; b < scales.length; b++) {
                int s = Math.clamp(Rounding.nearest(0.5f * (scales[b] * inverse - 1)), 0, 7);
                into[offset + SCALES + BYTES * b + WORDS + 2 * row + 1] |= (byte) (s << 4);
            }
        }
    }

    /** Writes the points and the shift of 32 columns of a row and gives their scale. */
    private static float encode(IQ1_S.Encoder encoder, float[] x, int at, float[] weights, int column, byte[] into,
            int block, int row) {
        float sum = Importance.sumOfSquares(x, at, BLOCK);
        float scale = 0;
        if (sum < NOTHING) {
            Arrays.fill(encoder.points, Ternary.ZERO);
            encoder.down = false;
        } else {
            weigh(encoder.weights, 1.5f * sum / BLOCK, x, at, weights, column);
            scale = encoder.fit(x, at);
        }
        int word = encoder.down ? 0x8000 : 0;
        for (int g = 0; g < 4; g++) {
            into[block + 4 * g + row] = (byte) encoder.points[g];
            word |= encoder.points[g] >> 8 << 3 * g;
        }
        LittleEndian.putU16(into, block + WORDS + 2 * row, word);
        return scale;
    }

    /** √(σ² + x²) if there is no importance matrix, or if it has only zeros for these values. */
    private static void weigh(float[] into, float sigma2, float[] x, int at, float[] weights, int column) {
        float sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            float plain = (float) Math.sqrt(Math.fma(x[at + i], x[at + i], sigma2));
            into[i] = weights == null ? plain : weights[column + i] * plain;
            sum += into[i] * Math.abs(x[at + i]);
        }
        if (sum < NOTHING && weights != null) {
            weigh(into, sigma2, x, at, null, column);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset, int row, int block) {
        return Half.isFinite(from, offset + 2 * row);
    }
}
