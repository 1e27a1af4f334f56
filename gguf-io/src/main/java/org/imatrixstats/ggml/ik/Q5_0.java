package org.imatrixstats.ggml.ik;

import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;
import org.imatrixstats.ggml.block.LittleEndian;

/** q5_0 with the longer search of {@link SymmetricBlock} if there are weights. */
public final class Q5_0 extends Reencoding {
    private static final int BLOCK = 32;
    private static final int BYTES = 22;
    private static final int LOW = 6;

    public Q5_0() {
        super(new org.imatrixstats.ggml.legacy.Q5_0());
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        if (weights == null) {
            quantizePlain(from, at, columns, into, offset);
            return;
        }
        float sigma2 = Importance.sumOfSquares(from, at, columns) / columns;
        SymmetricBlock block = new SymmetricBlock(BLOCK, 16);
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES) {
            block.weigh(weights, column, sigma2, from, at + column);
            Half.put(into, offset, block.fit(from, at + column));
            int fifth = 0;
            for (int i = 0; i < BLOCK; i++) {
                fifth |= block.code[i] >> 4 << i;
            }
            LittleEndian.putI32(into, offset + 2, fifth);
            for (int i = 0; i < BLOCK / 2; i++) {
                into[offset + LOW + i] = (byte) (block.code[i] & 15 | block.code[i + BLOCK / 2] << 4);
            }
        }
    }
}
