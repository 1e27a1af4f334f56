package org.imatrixstats.ggml.legacy;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.GroupSearch;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.MinLanes;
import org.imatrixstats.ggml.block.MinSearch;
import org.imatrixstats.ggml.block.Rounding;

/**
 * 32 values x = d·q + m: the scale d and the offset m as halves, the fifth bits of all q, then their low 4 bits, the
 * second half of the values in the upper ones.
 */
public final class Q5_1 extends SearchedCodec {
    private static final int BYTES = 24;
    private static final MinSearch SEARCH = new MinSearch(31, -0.9f, 0.05f, 36, false);

    public Q5_1() {
        super(GgmlType.Q5_1);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Half.get(from, offset);
            float m = Half.get(from, offset + 2);
            int fifth = FiveBits.fifth(from, offset + 4);
            for (int i = 0; i < BLOCK / 2; i++) {
                into[at + i] = FiveBits.low(from, offset + 8, fifth, i) * d + m;
                into[at + BLOCK / 2 + i] = FiveBits.high(from, offset + 8, fifth, i) * d + m;
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        byte[] levels = new byte[BLOCK];
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float min = Float.MAX_VALUE;
            float max = -Float.MAX_VALUE;
            for (int i = 0; i < BLOCK; i++) {
                float value = from[at + i];
                min = value < min ? value : min;
                max = value > max ? value : max;
            }
            float d = (max - min) / 31;
            float inverse = d != 0 ? 1 / d : 0;
            for (int i = 0; i < BLOCK; i++) {
                levels[i] = Rounding.lowByte((from[at + i] - min) * inverse + 0.5f);
            }
            put(d, min, levels, into, offset);
        }
    }

    @Override
    GroupSearch search(int blocks) {
        return new MinLanes(SEARCH, BLOCK, blocks);
    }

    @Override
    void put(float d, float m, byte[] levels, byte[] into, int offset) {
        Half.put(into, offset, d);
        Half.put(into, offset + 2, m);
        FiveBits.put(levels, into, offset + 4);
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset) && Half.isFinite(from, offset + 2);
    }
}
