package org.imatrixstats.ggml.legacy;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.GroupSearch;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.MinLanes;
import org.imatrixstats.ggml.block.MinSearch;
import org.imatrixstats.ggml.block.Rounding;

/**
 * 32 values x = d·q + m: the scale d and the offset m as halves, then q in 4 bits, the second half of the values in the
 * upper ones.
 */
public final class Q4_1 extends SearchedCodec {
    private static final int BYTES = 20;
    private static final MinSearch SEARCH = new MinSearch(15, -0.9f, 0.05f, 36, false);

    public Q4_1() {
        super(GgmlType.Q4_1);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float d = Half.get(from, offset);
            float m = Half.get(from, offset + 2);
            for (int i = 0; i < BLOCK / 2; i++) {
                int q = from[offset + 4 + i];
                into[at + i] = (q & 15) * d + m;
                into[at + BLOCK / 2 + i] = (q >> 4 & 15) * d + m;
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        for (int column = 0; column < columns; column += BLOCK, offset += BYTES, at += BLOCK) {
            float min = Float.MAX_VALUE;
            float max = -Float.MAX_VALUE;
            for (int i = 0; i < BLOCK; i++) {
                float value = from[at + i];
                min = value < min ? value : min;
                max = value > max ? value : max;
            }
            float d = (max - min) / 15;
            float inverse = d != 0 ? 1 / d : 0;
            Half.put(into, offset, d);
            Half.put(into, offset + 2, min);
            for (int i = 0; i < BLOCK / 2; i++) {
                int low = level((from[at + i] - min) * inverse);
                int high = level((from[at + BLOCK / 2 + i] - min) * inverse);
                into[offset + 4 + i] = (byte) (low | high << 4);
            }
        }
    }

    private static int level(float value) {
        return Math.min(15, Rounding.lowByte(value + 0.5f));
    }

    @Override
    GroupSearch search(int blocks) {
        return new MinLanes(SEARCH, BLOCK, blocks);
    }

    @Override
    void put(float d, float m, byte[] levels, byte[] into, int offset) {
        Half.put(into, offset, d);
        Half.put(into, offset + 2, m);
        for (int i = 0; i < BLOCK / 2; i++) {
            into[offset + 4 + i] = (byte) (levels[i] | levels[BLOCK / 2 + i] << 4);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset) && Half.isFinite(from, offset + 2);
    }
}
