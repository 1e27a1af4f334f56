package org.imatrixstats.ggml.ik;

/** q5_K with the longer search of {@link OffsetSearch} if there are weights. */
public final class Q5_K extends Reencoding {
    private static final int BYTES = 176;
    private static final int LIMIT = 31;

    public Q5_K() {
        super(new org.imatrixstats.ggml.k.Q5_K());
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        if (weights == null) {
            quantizePlain(from, at, columns, into, offset);
            return;
        }
        SixBitScales scales = new SixBitScales(LIMIT);
        for (int column = 0; column < columns; column += SixBitScales.SUPER_BLOCK, offset += BYTES) {
            scales.encode(from, at + column, weights, column, into, offset);
            scales.putFifthBits(into, offset + 16);
            scales.putLowBits(into, offset + 48);
        }
    }
}
