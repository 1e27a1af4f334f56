package org.imatrixstats.ggml.iqk;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.LittleEndian;

/**
 * A row scale d, then 64 values of -1, 0 or 1 at a time in 2 bits each: x = d·(q - 1).
 *
 * <pre>
 * row:   | d f32 | block | block | ...
 *
 * block: 16 bytes; byte i holds the values i, 16 + i, 32 + i and 48 + i, from the low bits up
 * </pre>
 *
 * The scale is the largest magnitude of the row. The dequantize_row routine of ik_llama.cpp takes the scale for the
 * first bytes of the first block and does not multiply by it; the scale counts where ik_llama.cpp multiplies
 * matrices.
 */
public final class IQ2_BN extends RowScaleCodec {
    private static final int BLOCK = 64;
    private static final int ROW = 4;
    private static final int BYTES = 16;

    public IQ2_BN() {
        super(GgmlType.IQ2_BN);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        dequantizeBlocks(from, offset + ROW, columns, LittleEndian.getF32(from, offset), into, at);
    }

    static void dequantizeBlocks(byte[] from, int offset, int columns, float d, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                into[at + i] = ((from[offset + i % BYTES] >> 2 * (i / BYTES) & 3) - 1) * d;
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        float max = Ternary.largest(from, at, columns);
        LittleEndian.putF32(into, offset, max);
        offset += ROW;
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            for (int i = 0; i < BYTES; i++) {
                int codes = 0;
                for (int j = 0; j < 4; j++) {
                    codes |= Ternary.code(from[at + i + BYTES * j], max) << 2 * j;
                }
                into[offset + i] = (byte) codes;
            }
        }
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
