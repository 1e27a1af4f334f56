package org.imatrixstats.ggml.interleaved;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.iqk.Q8_KV;

/**
 * Eight rows of q8_KV without their sums: the scales of the rows, then 8-bit integers, four columns of each row in
 * turn: x = d·q.
 *
 * <pre>
 * 0           32
 * | d f32 × 8 | q of columns 0 to 3: row 0 | row 1 | ... | columns 4 to 7: ...
 * </pre>
 */
public final class Q8_KV_R8 extends GroupCodec {
    private static final int ROWS = 8;
    private static final int CODES = 4 * ROWS;
    private static final int RUN = 4;
    /** Bytes before the integers of a row of q8_KV. */
    private static final int PLAIN_CODES = 8;

    public Q8_KV_R8() {
        super(GgmlType.Q8_KV_R8, ROWS);
    }

    @Override
    protected void dequantizeGroup(byte[] from, int offset, int columns, float[] into, int at) {
        for (int row = 0; row < ROWS; row++) {
            float d = LittleEndian.getF32(from, offset + 4 * row);
            for (int i = 0; i < columns; i++) {
                into[at + row * columns + i] = d * from[place(offset, row, i)];
            }
        }
    }

    @Override
    protected void quantizeGroup(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        byte[] plain = new byte[PLAIN_CODES + columns];
        for (int row = 0; row < ROWS; row++) {
            new Q8_KV().quantize(from, at + row * columns, 1, columns, weights, plain, 0);
            LittleEndian.putF32(into, offset + 4 * row, LittleEndian.getF32(plain, 0));
            for (int i = 0; i < columns; i++) {
                into[place(offset, row, i)] = plain[PLAIN_CODES + i];
            }
        }
    }

    private static int place(int offset, int row, int i) {
        return offset + CODES + i / RUN * RUN * ROWS + row * RUN + i % RUN;
    }

    @Override
    protected boolean isValid(byte[] from, int offset, int row, int block) {
        return Float.isFinite(LittleEndian.getF32(from, offset + 4 * row));
    }
}
