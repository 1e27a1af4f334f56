package org.imatrixstats.ggml.ik;

/** q4_K with the longer search of {@link OffsetSearch} if there are weights. */
public final class Q4_K extends Reencoding {
    private static final int BYTES = 144;
    private static final int LIMIT = 15;

    public Q4_K() {
        super(new org.imatrixstats.ggml.k.Q4_K());
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
            scales.putLowBits(into, offset + 16);
        }
    }
}
