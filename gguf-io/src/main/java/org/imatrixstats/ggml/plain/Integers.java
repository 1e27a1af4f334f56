package org.imatrixstats.ggml.plain;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;

/** i8, i16, i32 and i64, signed and little-endian; only decoded. Large values are rounded to float32. */
public final class Integers extends RowCodec {
    public Integers(GgmlType type) {
        super(type);
    }

    @Override
    public boolean canQuantize() {
        return false;
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        int bytes = type().bytesPerBlock();
        for (int i = 0; i < columns; i++) {
            into[at + i] = LittleEndian.get(from, offset + bytes * i, bytes);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return true;
    }
}
