package org.imatrixstats.ggml.ik;

import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Importance;

/** iq4_nl with the longer search of {@link NonlinearBlock}. */
public final class IQ4_NL extends Reencoding {
    private static final int BYTES = 18;

    public IQ4_NL() {
        super(new org.imatrixstats.ggml.iq.IQ4_NL());
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        NonlinearBlock block = new NonlinearBlock();
        for (int column = 0; column < columns; column += NonlinearBlock.SIZE, offset += BYTES) {
            float sigma2 = 2 * Importance.sumOfSquares(from, at + column, NonlinearBlock.SIZE) / NonlinearBlock.SIZE;
            block.weigh(weights, column, sigma2, from, at + column);
            float d = block.fit(from, at + column);
            Half.put(into, offset, d);
            NonlinearBlock.pack(d, from, at + column, into, offset + 2);
        }
    }
}
