package org.imatrixstats.ggml.ik;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;

/**
 * 32 values x = d·q: the scale d as a half, then q + 32 in 6 bits.
 *
 * <pre>
 * 0       2             10           26
 * | d f16 | high 2 bits | low 4 bits |
 * </pre>
 *
 * Byte i of the low bits holds the values i and 16 + i. Byte i of the high bits holds those of i, 16 + i, 8 + i and
 * 24 + i.
 */
public final class Q6_0 extends RowCodec {
    private static final int BLOCK = 32;
    private static final int BYTES = 26;
    private static final int HIGH = 2;
    private static final int LOW = 10;

    public Q6_0() {
        super(GgmlType.Q6_0);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Half.get(from, offset);
            for (int i = 0; i < BLOCK / 2; i++) {
                int low = from[offset + LOW + i];
                int high = from[offset + HIGH + i % 8] >> 4 * (i / 8);
                into[at + i] = ((low & 15 | (high & 3) << 4) - 32) * d;
                into[at + i + BLOCK / 2] = ((low >> 4 & 15 | (high >> 2 & 3) << 4) - 32) * d;
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        float sigma2 = Importance.sumOfSquares(from, at, columns) / columns;
        SymmetricBlock block = new SymmetricBlock(BLOCK, 32);
        Arrays.fill(into, offset, offset + columns / BLOCK * BYTES, (byte) 0);
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            if (weights == null) {
                block.weighBySquares(from, at);
            } else {
                block.weigh(weights, column, sigma2, from, at);
            }
            Half.put(into, offset, block.fit(from, at));
            for (int i = 0; i < BLOCK / 2; i++) {
                int first = block.code[i];
                int second = block.code[i + BLOCK / 2];
                into[offset + LOW + i] = (byte) (first & 15 | second << 4);
                into[offset + HIGH + i % 8] |= (byte) ((first >> 4 | second >> 4 << 2) << 4 * (i / 8));
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
