package org.imatrixstats.ggml.iqk;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.Half;

/**
 * A row scale d, then 64 values of -1, 0 or 1 at a time, five in a byte: x = d·q. A byte b holds the digits of a
 * fraction b / 256 to base 3.
 *
 * <pre>
 * row:   | d f16 | block | block | ...
 *
 * block: 0                             12                 13
 *        | 3 bytes × 4: 15 values each | the 16th of each |
 * </pre>
 *
 * The scale is the largest magnitude of the row. The dequantize_row routine of ik_llama.cpp takes the scale for the
 * first bytes of the first block and does not multiply by it; the scale counts where ik_llama.cpp multiplies
 * matrices.
 */
public final class IQ1_BN extends RowScaleCodec {
    private static final int BLOCK = 64;
    private static final int ROW = 2;
    private static final int BYTES = 13;
    private static final int SIXTEENTHS = 12;
    private static final int[] POWER = {1, 3, 9, 27, 81, 243};

    public IQ1_BN() {
        super(GgmlType.IQ1_BN);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        dequantizeBlocks(from, offset + ROW, columns, Half.get(from, offset), into, at);
    }

    static void dequantizeBlocks(byte[] from, int offset, int columns, float d, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                int sixteen = i / 16;
                boolean isLast = i % 16 == 15;
                int fraction = from[isLast ? offset + SIXTEENTHS : offset + 3 * sixteen + i % 16 / 5];
                into[at + i] = (digit(fraction, isLast ? sixteen : i % 16 % 5) - 1) * d;
            }
        }
    }

    /** The digits come from the highest on in the fraction, but the first digit is the last one to be shifted up. */
    private static int digit(int fraction, int place) {
        int rest = fraction * POWER[4 - place] & 0xff;
        return 3 * rest >> 8;
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        float max = Ternary.largest(from, at, columns);
        Half.put(into, offset, max);
        offset += ROW;
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            int last = 0;
            for (int sixteen = 0; sixteen < 4; sixteen++) {
                int start = at + 16 * sixteen;
                for (int k = 0; k < 3; k++) {
                    int digits = 0;
                    for (int j = 0; j < 5; j++) {
                        digits += POWER[j] * Ternary.code(from[start + 5 * k + j], max);
                    }
                    into[offset + 3 * sixteen + k] = fraction(digits);
                }
                last += POWER[sixteen] * Ternary.code(from[start + 15], max);
            }
            into[offset + SIXTEENTHS] = fraction(last);
        }
    }

    private static byte fraction(int digits) {
        return (byte) ((256 * digits + POWER[5] - 1) / POWER[5]);
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
