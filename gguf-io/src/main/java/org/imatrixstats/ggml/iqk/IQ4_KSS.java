package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * A row scale d, then 256 values of 4 bits at a time, x = d·s·level, without room for the scales of the 32 values of a
 * block. The four codes of a word of 16 bits always have an even number of ones, so 15 bits say it all, and the lowest
 * bit of each of the 8 words of a block is left for s and for the choice of levels.
 *
 * <pre>
 * row:   | d f32 | block | block | ...
 *
 * block: 0                                      128
 *        | 8 words × 8: 15 bits, bit of s + 127 |
 * </pre>
 *
 * A word w ^ w >> 1, without its lowest bit, holds the values 2·k, 16 + 2·k, 2·k + 1 and 16 + 2·k + 1 of the block,
 * from the low bits up. Bit 0 of s + 127, which is even, says whether the levels are shifted.
 */
public final class IQ4_KSS extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 32;
    private static final int WORDS = 8;
    private static final int ROW = 4;
    private static final int BYTES = 128;
    private static final RowImportance IMPORTANCE = new RowImportance(2, 0);
    private static final int TRIES = 7;

    public IQ4_KSS() {
        super(GgmlType.IQ4_KSS);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        int word = offset + ROW;
        for (int column = 0; column < columns; column += BLOCK, at += BLOCK, word += 2 * WORDS) {
            int s = 0;
            for (int k = 0; k < WORDS; k++) {
                s |= (from[word + 2 * k] & 1) << k;
            }
            float dl = d * ((s & 254) - 127);
            float[] level = CodeBook.IQ4.levels((s & 1) != 0).value;
            for (int k = 0; k < WORDS; k++) {
                int codes = LittleEndian.getU16(from, word + 2 * k) & 0xfffe;
                codes ^= codes >> 1;
                into[at + 2 * k] = dl * level[codes & 15];
                into[at + 2 * k + BLOCK / 2] = dl * level[codes >> 4 & 15];
                into[at + 2 * k + 1] = dl * level[codes >> 8 & 15];
                into[at + 2 * k + BLOCK / 2 + 1] = dl * level[codes >> 12];
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        float[] weight = IMPORTANCE.of(from, at, columns, weights, BLOCK);
        EvenCodes[] block = new EvenCodes[columns / BLOCK];
        float largest = 0;
        for (int b = 0; b < block.length; b++) {
            block[b] = new EvenCodes(from, at + b * BLOCK, weight, b * BLOCK);
            block[b].findScale(TRIES);
            largest = Math.max(largest, Math.abs(block[b].scale()));
        }
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * BYTES, (byte) 0);
        float d = largest / 127;
        if (d == 0) {
            return;
        }
        float sumQx = 0;
        float sumQ2 = 0;
        for (int b = 0; b < block.length; b++) {
            int s = Rounding.nearest(0.5f * (1 / d * block[b].scale() + 127));
            s = 2 * Math.clamp(s, 0, 127) - 127;
            block[b].assign(d * s);
            for (int i = 0; i < BLOCK; i++) {
                float q = block[b].level(i) * s;
                sumQx = Math.fma(block[b].weight(i) * q, block[b].value(i), sumQx);
                sumQ2 = Math.fma(block[b].weight(i) * q, q, sumQ2);
            }
            pack(block[b], s + 127 | (block[b].isShifted() ? 1 : 0), into, offset + ROW + b * 2 * WORDS);
        }
        LittleEndian.putF32(into, offset, sumQ2 > 0 ? sumQx / sumQ2 * 1.01f : d);
    }

    private static void pack(EvenCodes block, int s, byte[] into, int offset) {
        for (int k = 0; k < WORDS; k++) {
            LittleEndian.putU16(into, offset + 2 * k, scramble(block.codes(k)) | s >> k & 1);
        }
    }

    /** The word w without its lowest bit for which w ^ w >> 1 is this word with an even number of ones. */
    private static int scramble(int codes) {
        int w = codes ^ codes << 1;
        w ^= w << 2;
        w ^= w << 4;
        w ^= w << 8;
        return w << 1 & 0xfffe;
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
