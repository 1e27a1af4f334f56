package org.imatrixstats.ggml.plain;

import java.lang.foreign.MemorySegment;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;

/** Single precision, little-endian. */
public final class F32 extends RowCodec {
    public F32() {
        super(GgmlType.F32);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        MemorySegment.copy(MemorySegment.ofArray(from), LittleEndian.FLOAT, offset, into, at, columns);
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        MemorySegment.copy(from, at, MemorySegment.ofArray(into), LittleEndian.FLOAT, offset, columns);
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return (LittleEndian.get(from, offset, 4) & 0x7f800000) != 0x7f800000;
    }
}
