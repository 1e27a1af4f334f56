package org.imatrixstats.ggml;

/** A codec of a type that stores each row by itself, as blocks one after the other. */
public abstract class RowCodec implements Codec {
    private final GgmlType type;

    protected RowCodec(GgmlType type) {
        this.type = type;
    }

    @Override
    public final GgmlType type() {
        return type;
    }

    @Override
    public final void dequantize(byte[] from, int offset, int rows, int columns, float[] into, int at) {
        int rowBytes = rowBytes(columns);
        for (int row = 0; row < rows; row++) {
            dequantizeRow(from, offset + row * rowBytes, columns, into, at + row * columns);
        }
    }

    @Override
    public final void quantize(float[] from, int at, int rows, int columns, float[] weights, byte[] into, int offset) {
        if (!canQuantize()) {
            throw new UnsupportedOperationException(type.ggmlName() + " is only decoded");
        }
        if (weights == null && requiresWeights()) {
            throw new IllegalArgumentException(type.ggmlName() + " needs weights");
        }
        rowBytes(columns);
        quantizeRows(from, at, rows, columns, weights, into, offset);
    }

    @Override
    public final int invalidBlock(byte[] from, int offset, int rows, int columns) {
        int rowBytes = rowBytes(columns);
        int blocks = columns / type.blockSize();
        for (int row = 0; row < rows; row++) {
            int start = offset + row * rowBytes + type.bytesPerRow();
            if (!isValidRow(from, offset + row * rowBytes)) {
                return row * blocks;
            }
            for (int block = 0; block < blocks; block++) {
                if (!isValid(from, start + block * type.bytesPerBlock())) {
                    return row * blocks + block;
                }
            }
        }
        return -1;
    }

    private int rowBytes(int columns) {
        if (columns % type.blockSize() != 0) {
            throw new IllegalArgumentException(columns + " columns are not whole blocks of " + type.blockSize());
        }
        return Math.toIntExact(type.rowBytes(columns));
    }

    /** Decodes the row that begins at {@code offset}. */
    protected abstract void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at);

    /** Encodes rows. Codecs that search many blocks at once override it; the others do one row at a time. */
    protected void quantizeRows(float[] from, int at, int rows, int columns, float[] weights, byte[] into, int offset) {
        int rowBytes = rowBytes(columns);
        for (int row = 0; row < rows; row++) {
            quantizeRow(from, at + row * columns, columns, weights, into, offset + row * rowBytes);
        }
    }

    /** Encodes a row. {@code weights} may be null unless {@link #requiresWeights}. */
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        throw new UnsupportedOperationException(type.ggmlName() + " is only decoded");
    }

    /** Whether the scales of the block at {@code offset} are numbers. */
    protected abstract boolean isValid(byte[] from, int offset);

    /** Whether the scale that precedes the blocks of the row at {@code offset} is a number. */
    protected boolean isValidRow(byte[] from, int offset) {
        return true;
    }
}
