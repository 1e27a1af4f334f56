package org.imatrixstats.ggml.legacy;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.GroupSearch;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleLanes;

/**
 * 32 values x = d·(q − 16): the scale d as a half, the fifth bits of all q, then their low 4 bits, the second half of the
 * values in the upper ones.
 */
public final class Q5_0 extends SearchedCodec {
    private static final int BYTES = 22;

    public Q5_0() {
        super(GgmlType.Q5_0);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Half.get(from, offset);
            int fifth = FiveBits.fifth(from, offset + 2);
            for (int i = 0; i < BLOCK / 2; i++) {
                into[at + i] = (FiveBits.low(from, offset + 6, fifth, i) - 16) * d;
                into[at + BLOCK / 2 + i] = (FiveBits.high(from, offset + 6, fifth, i) - 16) * d;
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        byte[] levels = new byte[BLOCK];
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Extremes.largest(from, at, BLOCK) / -16;
            float inverse = d != 0 ? 1 / d : 0;
            for (int i = 0; i < BLOCK; i++) {
                levels[i] = (byte) Math.min(31, Rounding.lowByte(from[at + i] * inverse + 16.5f));
            }
            put(d, 0, levels, into, offset);
        }
    }

    @Override
    GroupSearch search(int blocks) {
        return new ScaleLanes(16, BLOCK, blocks);
    }

    @Override
    void put(float d, float m, byte[] levels, byte[] into, int offset) {
        Half.put(into, offset, d);
        FiveBits.put(levels, into, offset + 2);
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
