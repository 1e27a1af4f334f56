package org.imatrixstats.ggml.legacy;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.GroupSearch;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.Rounding;
import org.imatrixstats.ggml.block.ScaleLanes;

/** 32 values x = d·(q − 8): the scale d as a half, then q in 4 bits, the second half of the values in the upper ones. */
public final class Q4_0 extends SearchedCodec {
    private static final int BYTES = 18;

    public Q4_0() {
        super(GgmlType.Q4_0);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Half.get(from, offset);
            for (int i = 0; i < BLOCK / 2; i++) {
                int q = from[offset + 2 + i];
                into[at + i] = ((q & 15) - 8) * d;
                into[at + BLOCK / 2 + i] = ((q >> 4 & 15) - 8) * d;
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Extremes.largest(from, at, BLOCK) / -8;
            float inverse = d != 0 ? 1 / d : 0;
            Half.put(into, offset, d);
            for (int i = 0; i < BLOCK / 2; i++) {
                int low = level(from[at + i] * inverse);
                int high = level(from[at + BLOCK / 2 + i] * inverse);
                into[offset + 2 + i] = (byte) (low | high << 4);
            }
        }
    }

    private static int level(float value) {
        return Math.min(15, Rounding.lowByte(value + 8.5f));
    }

    @Override
    GroupSearch search(int blocks) {
        return new ScaleLanes(8, BLOCK, blocks);
    }

    @Override
    void put(float d, float m, byte[] levels, byte[] into, int offset) {
        Half.put(into, offset, d);
        for (int i = 0; i < BLOCK / 2; i++) {
            into[offset + 2 + i] = (byte) (levels[i] | levels[BLOCK / 2 + i] << 4);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
