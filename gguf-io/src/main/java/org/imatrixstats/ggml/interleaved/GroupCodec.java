package org.imatrixstats.ggml.interleaved;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.GgmlType;

/** A codec of a type that interleaves rows and holds no other type. */
public abstract class GroupCodec implements Codec {
    private final GgmlType type;
    private final int rowsPerGroup;

    protected GroupCodec(GgmlType type, int rowsPerGroup) {
        this.type = type;
        this.rowsPerGroup = rowsPerGroup;
    }

    @Override
    public final GgmlType type() {
        return type;
    }

    @Override
    public final int rowsPerGroup() {
        return rowsPerGroup;
    }

    @Override
    public final void dequantize(byte[] from, int offset, int rows, int columns, float[] into, int at) {
        for (int row = 0; row < groups(rows); row += rowsPerGroup) {
            dequantizeGroup(from, offset + bytes(row, columns), columns, into, at + row * columns);
        }
    }

    @Override
    public final void quantize(float[] from, int at, int rows, int columns, float[] weights, byte[] into, int offset) {
        for (int row = 0; row < groups(rows); row += rowsPerGroup) {
            quantizeGroup(from, at + row * columns, columns, weights, into, offset + bytes(row, columns));
        }
    }

    @Override
    public final int invalidBlock(byte[] from, int offset, int rows, int columns) {
        int blocks = columns / type.blockSize();
        for (int row = 0; row < groups(rows); row++) {
            int group = row / rowsPerGroup * rowsPerGroup;
            for (int block = 0; block < blocks; block++) {
                if (!isValid(from, offset + bytes(group, columns), row - group, block)) {
                    return row * blocks + block;
                }
            }
        }
        return -1;
    }

    private int groups(int rows) {
        if (rows % rowsPerGroup != 0) {
            throw new IllegalArgumentException(rows + " rows are not whole groups of " + rowsPerGroup);
        }
        return rows;
    }

    private int bytes(int rows, int columns) {
        return Math.toIntExact(rows * type.rowBytes(columns));
    }

    /** Decodes the rows of the group that begins at {@code offset}. */
    protected abstract void dequantizeGroup(byte[] from, int offset, int columns, float[] into, int at);

    /** Encodes the rows of a group. */
    protected abstract void quantizeGroup(float[] from, int at, int columns, float[] weights, byte[] into, int offset);

    /** Whether the scales of a block are numbers. */
    protected abstract boolean isValid(byte[] from, int offset, int row, int block);
}
