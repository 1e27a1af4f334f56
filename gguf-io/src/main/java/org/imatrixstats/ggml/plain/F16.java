package org.imatrixstats.ggml.plain;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.Half;

/** Half precision, little-endian. */
public final class F16 extends RowCodec {
    public F16() {
        super(GgmlType.F16);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int i = 0; i < columns; i++) {
            into[at + i] = Half.get(from, offset + 2 * i);
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int i = 0; i < columns; i++) {
            Half.put(into, offset + 2 * i, from[at + i]);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
