package org.imatrixstats.ggml.k;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.MinSearch;

/**
 * 256 values in eight groups, x = d·s·q − dmin·m: 16 bytes of {@link SixBitScales}, 32 bytes with the fifth bits of q (bit g
 * of byte i for value i of group g), then the low 4 bits, two groups to 32 bytes.
 */
public final class Q5_K extends KCodec {
    private static final int BYTES = 176;
    private static final int LIMIT = 31;
    private static final int HIGH = SixBitScales.BYTES;
    private static final int LOW = HIGH + 32;
    private static final MinSearch PLAIN = new MinSearch(LIMIT, -0.5f, 0.1f, 15, false);
    private static final MinSearch WEIGHTED = new MinSearch(LIMIT, -0.9f, 0.05f, 36, false);

    public Q5_K() {
        super(GgmlType.Q5_K);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += SuperBlock.SIZE, offset += BYTES) {
            float d = Half.get(from, offset);
            float dmin = Half.get(from, offset + 2);
            for (int g = 0; g < SixBitScales.GROUPS; g++, at += SixBitScales.GROUP) {
                float scale = d * SixBitScales.scale(from, offset, g);
                float min = dmin * SixBitScales.min(from, offset, g);
                int low = offset + LOW + g / 2 * 32;
                int shift = g % 2 * 4;
                for (int i = 0; i < SixBitScales.GROUP; i++) {
                    int q = from[low + i] >> shift & 15 | (from[offset + HIGH + i] >> g & 1) << 4;
                    into[at + i] = scale * q - min;
                }
            }
        }
    }

    @Override
    Encoder encoder(boolean weighted, int blocks) {
        return new SixBitScales(LIMIT, 63, weighted, weighted ? WEIGHTED : PLAIN, blocks) {
            @Override
            void pack(byte[] levels, byte[] into, int offset) {
                Q5_K.pack(levels, into, offset);
            }
        };
    }

    private static void pack(byte[] levels, byte[] into, int offset) {
        for (int i = 0; i < 32; i++) {
            int fifth = 0;
            for (int g = 0; g < SixBitScales.GROUPS; g++) {
                fifth |= levels[32 * g + i] >> 4 << g;
            }
            into[offset + HIGH + i] = (byte) fifth;
        }
        for (int pair = 0; pair < 4; pair++) {
            for (int i = 0; i < 32; i++) {
                into[offset + LOW + 32 * pair + i] = (byte) (levels[64 * pair + i] & 15
                        | levels[64 * pair + 32 + i] << 4);
            }
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset) && Half.isFinite(from, offset + 2);
    }
}
