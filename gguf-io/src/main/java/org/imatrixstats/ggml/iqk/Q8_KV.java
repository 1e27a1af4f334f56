package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * A row of 8-bit integers with one scale: x = d·q. Weights change nothing.
 *
 * <pre>
 * 0       4              8                8 + columns
 * | d f32 | sum of q i32 | q i8 × columns |
 * </pre>
 */
public final class Q8_KV extends RowScaleCodec {
    private static final int SUM = 4;
    private static final int CODES = 8;

    public Q8_KV() {
        super(GgmlType.Q8_KV);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        for (int i = 0; i < columns; i++) {
            into[at + i] = d * from[offset + CODES + i];
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        float max = Ternary.largest(from, at, columns);
        if (max == 0) {
            Arrays.fill(into, offset, offset + CODES + columns, (byte) 0);
            return;
        }
        float d = max / 127;
        float inverse = 1 / d;
        int sum = 0;
        for (int i = 0; i < columns; i++) {
            int q = Rounding.nearest(inverse * from[at + i]);
            into[offset + CODES + i] = (byte) q;
            sum += q;
        }
        LittleEndian.putF32(into, offset, d);
        LittleEndian.putI32(into, offset + SUM, sum);
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
