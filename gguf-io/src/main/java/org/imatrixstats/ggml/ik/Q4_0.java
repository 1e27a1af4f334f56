package org.imatrixstats.ggml.ik;

import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;

/** q4_0 with the longer search of {@link SymmetricBlock} if there are weights. */
public final class Q4_0 extends Reencoding {
    private static final int BLOCK = 32;
    private static final int BYTES = 18;

    public Q4_0() {
        super(new org.imatrixstats.ggml.legacy.Q4_0());
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        if (weights == null) {
            quantizePlain(from, at, columns, into, offset);
            return;
        }
        float sigma2 = Importance.sumOfSquares(from, at, columns) / columns;
        SymmetricBlock block = new SymmetricBlock(BLOCK, 8);
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            block.weigh(weights, column, sigma2, from, at + column);
            Half.put(into, offset, block.fit(from, at + column));
            for (int i = 0; i < BLOCK / 2; i++) {
                into[offset + 2 + i] = (byte) (block.code[i] | block.code[i + BLOCK / 2] << 4);
            }
        }
    }
}
