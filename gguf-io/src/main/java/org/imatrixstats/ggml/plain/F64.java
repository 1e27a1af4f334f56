package org.imatrixstats.ggml.plain;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;

/** Double precision, little-endian; only decoded, and rounded to float32. */
public final class F64 extends RowCodec {
    public F64() {
        super(GgmlType.F64);
    }

    @Override
    public boolean canQuantize() {
        return false;
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int i = 0; i < columns; i++) {
            into[at + i] = (float) Double.longBitsToDouble(LittleEndian.get(from, offset + 8 * i, 8));
        }
    }

    /** As ggml_validate_row_data, which looks at the value as a float32. */
    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Float.isFinite((float) Double.longBitsToDouble(LittleEndian.get(from, offset, 8)));
    }
}
