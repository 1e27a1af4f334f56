package org.imatrixstats.ggml.interleaved;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Rounding;

/**
 * q8_k_r8 and q8_k_r16: for each 256 columns the scales of all rows, then 8-bit integers, four columns of each row in
 * turn: x = d·q. Weights change nothing.
 *
 * <pre>
 * 0                2·rows                                            258·rows
 * | d f16 × rows | q of columns 0 to 3: row 0 | row 1 | ... | columns 4 to 7: ...
 * </pre>
 *
 * q8_k_r16 stores q + 128. ik_llama.cpp decodes it so everywhere, but writes it so on processors with AVX-512 only.
 */
public final class Q8_K_R extends GroupCodec {
    private static final int BLOCK = 256;
    private static final int BYTES = 258;
    private static final int RUN = 4;
    private final int rows;
    private final int bias;

    public Q8_K_R(GgmlType type) {
        super(type, type == GgmlType.Q8_K_R16 ? 16 : 8);
        rows = rowsPerGroup();
        bias = type == GgmlType.Q8_K_R16 ? 128 : 0;
    }

    @Override
    protected void dequantizeGroup(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES * rows) {
            for (int row = 0; row < rows; row++) {
                float d = Half.get(from, offset + 2 * row);
                for (int i = 0; i < BLOCK; i++) {
                    // ik_llama.cpp adds -128·d for the bias, which never leaves a negative zero.
                    float value = d * (byte) (from[place(offset, row, i)] - bias);
                    into[at + row * columns + column + i] = bias == 0 ? value : value + 0f;
                }
            }
        }
    }

    @Override
    protected void quantizeGroup(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES * rows) {
            for (int row = 0; row < rows; row++) {
                int start = at + row * columns + column;
                float max = 0;
                for (int i = 0; i < BLOCK; i++) {
                    max = Math.max(max, Math.abs(from[start + i]));
                }
                float inverse = max != 0 ? 127 / max : 0;
                Half.put(into, offset + 2 * row, max / 127);
                for (int i = 0; i < BLOCK; i++) {
                    into[place(offset, row, i)] = (byte) (Rounding.nearest(inverse * from[start + i]) + bias);
                }
            }
        }
    }

    private int place(int offset, int row, int i) {
        return offset + 2 * rows + i / RUN * RUN * rows + row * RUN + i % RUN;
    }

    @Override
    protected boolean isValid(byte[] from, int offset, int row, int block) {
        return Half.isFinite(from, offset + block * BYTES * rows + 2 * row);
    }
}
