package org.imatrixstats.ggml.k;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.MinSearch;

/**
 * 256 values in eight groups, x = d·s·q − dmin·m: 16 bytes of {@link SixBitScales}, then q in 4 bits, two groups to 32
 * bytes.
 */
public final class Q4_K extends KCodec {
    private static final int BYTES = 144;
    private static final int LIMIT = 15;
    private static final MinSearch PLAIN = new MinSearch(LIMIT, -1, 0.1f, 20, false);
    private static final MinSearch WEIGHTED = new MinSearch(LIMIT, -0.9f, 0.05f, 36, false);

    public Q4_K() {
        super(GgmlType.Q4_K);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += SuperBlock.SIZE, offset += BYTES) {
            float d = Half.get(from, offset);
            float dmin = Half.get(from, offset + 2);
            for (int g = 0; g < SixBitScales.GROUPS; g++, at += SixBitScales.GROUP) {
                float scale = d * SixBitScales.scale(from, offset, g);
                float min = dmin * SixBitScales.min(from, offset, g);
                int start = offset + SixBitScales.BYTES + g / 2 * 32;
                int shift = g % 2 * 4;
                for (int i = 0; i < SixBitScales.GROUP; i++) {
                    into[at + i] = scale * (from[start + i] >> shift & 15) - min;
                }
            }
        }
    }

    @Override
    Encoder encoder(boolean weighted, int blocks) {
        return new SixBitScales(LIMIT, 255, weighted, weighted ? WEIGHTED : PLAIN, blocks) {
            @Override
            void pack(byte[] levels, byte[] into, int offset) {
                Q4_K.pack(levels, into, offset);
            }
        };
    }

    private static void pack(byte[] levels, byte[] into, int offset) {
        for (int pair = 0; pair < 4; pair++) {
            int start = offset + SixBitScales.BYTES + 32 * pair;
            for (int i = 0; i < 32; i++) {
                into[start + i] = (byte) (levels[64 * pair + i] | levels[64 * pair + 32 + i] << 4);
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset) && Half.isFinite(from, offset + 2);
    }
}
