package org.imatrixstats.ggml.iq;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.interleaved.GroupCodec;

/**
 * Four rows with a scale each, in blocks of 32 columns with the points of iq1_m: x = d · s · (value ± 1/8), a scale s
 * from 0 to 15 for each 16 columns.
 *
 * <pre>
 * byte 0         8
 *      | d × 4 | block | block | …
 *
 * block:  0                          16     24       28
 *         | points, their low 8 bits | high | scales |
 *
 * points: byte 4·g + row for group g of eight columns
 * high:   byte 4·h + row for half h, as in {@link IQ1_M}
 * scales: byte row, that of the first half in the low bits
 * </pre>
 *
 * The scales d are halves.
 */
public final class IQ1_M_R4 extends GroupCodec {
    private static final int ROWS = 4;
    private static final int SCALES = 2 * ROWS;
    private static final int BLOCK = 32;
    private static final int HALF = 16;
    private static final int BYTES = 28;
    private static final int HIGH = 16;
    private static final int BLOCK_SCALES = 24;
    private static final float NOTHING = 1e-14f;

    public IQ1_M_R4() {
        super(GgmlType.IQ1_M_R4, ROWS);
    }

    @Override
    protected void dequantizeGroup(byte[] from, int offset, int columns, float[] into, int at) {
        for (int row = 0; row < ROWS; row++) {
            float d = Half.get(from, offset + 2 * row);
            int block = offset + SCALES;
            for (int column = 0; column < columns; column += BLOCK, block += BYTES) {
                for (int g = 0; g < 4; g++) {
                    float scale = d * (from[block + BLOCK_SCALES + row] >> 4 * (g / 2) & 15);
                    int high = from[block + HIGH + 4 * (g / 2) + row] >> 4 * (g % 2);
                    int point = from[block + 4 * g + row] & 0xff | (high & 7) << 8;
                    float shift = (high & 8) != 0 ? -Ternary.SHIFT : Ternary.SHIFT;
                    Ternary.decode(point, scale, shift, into, at + row * columns + column + 8 * g);
                }
            }
        }
    }

    @Override
    protected void quantizeGroup(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        ShiftSearch search = new ShiftSearch();
        float[] scales = new float[columns / HALF];
        for (int row = 0; row < ROWS; row++) {
            float max = 0;
            for (int h = 0; h < scales.length; h++) {
                int block = offset + SCALES + h / 2 * BYTES;
                scales[h] = encode(search, from, at + row * columns + HALF * h, weights, HALF * h);
                max = Math.max(max, scales[h]);
                int high = search.points[0] >> 8 | search.points[1] >> 8 << 4;
                high |= (search.shift() & 2) << 2 | (search.shift() & 1) << 7;
                into[block + 8 * (h % 2) + row] = (byte) search.points[0];
                into[block + 8 * (h % 2) + 4 + row] = (byte) search.points[1];
                into[block + HIGH + 4 * (h % 2) + row] = (byte) high;
            }
            Half.put(into, offset + 2 * row, 1.0625f * max / 15);
            float inverse = max != 0 ? 15 / max : 0;
            for (int b = 0; b < columns / BLOCK; b++) {
                int first = Math.clamp(Rounding.nearest(scales[2 * b] * inverse), 0, 15);
                int second = Math.clamp(Rounding.nearest(scales[2 * b + 1] * inverse), 0, 15);
                into[offset + SCALES + BYTES * b + BLOCK_SCALES + row] = (byte) (first | second << 4);
            }
        }
    }

    /** Gives the scale of 16 columns. σ² is that of the 32 columns around. */
    private static float encode(ShiftSearch search, float[] x, int at, float[] weights, int column) {
        if (Importance.sumOfSquares(x, at, HALF) <= NOTHING) {
            search.takeZeros();
            return 0;
        }
        float sigma2 = 1.5f * Importance.sumOfSquares(x, at - column % BLOCK, BLOCK) / BLOCK;
        weigh(search.weights, sigma2, x, at, weights, column);
        return search.fit(x, at);
    }

    private static void weigh(float[] into, float sigma2, float[] x, int at, float[] weights, int column) {
        float sum = 0;
        for (int i = 0; i < HALF; i++) {
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
