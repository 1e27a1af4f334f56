package org.imatrixstats.ggml.trellis;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * A row scale d, then 256 values at a time, four with a code of 15 bits, x = d·s·sequence. Each 32 values have a
 * scale s from -64 to 63 and choose one of two sets of sequences.
 *
 * <pre>
 * row:   | d f32 | block | block | ...
 *
 * block: 0                                                   32           96            128
 *        | u32 × 8: set, s + 64 (7 bits), 3 highest bits × 8 | low 8 bits | next 4 bits |
 * </pre>
 *
 * Of 64 codes, code g has its low bits in byte g and the next four in half of byte g mod 32.
 */
public final class IQ4_KT extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCKS = 8;
    private static final int GROUP = 4;
    private static final int GROUPS = 8;
    private static final int ROW = 4;
    private static final int BYTES = 128;
    private static final int LOW = 32;
    private static final int HIGH = 96;
    private static final int SECOND_SET = 32768;
    private static final int TRIES = 2;

    /** Takes a moment to make, and decoding does not need it. */
    private static final class Search {
        static final float[] BOUNDS = {-48, -16, 16, 48};
        static final Codes[] SETS = {new Codes(GROUP, 15, Sequence.OFFSET, false, BOUNDS, 6),
            new Codes(GROUP, 15, Sequence.OFFSET + SECOND_SET, false, BOUNDS, 6)};
    }

    public IQ4_KT() {
        super(GgmlType.IQ4_KT);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES) {
            for (int b = 0; b < BLOCKS; b++) {
                int head = LittleEndian.getI32(from, offset + 4 * b);
                int start = Sequence.OFFSET + ((head & 1) != 0 ? SECOND_SET : 0);
                float scale = d * ((head >> 1 & 127) - 64);
                for (int g = 0; g < GROUPS; g++, at += GROUP) {
                    int place = GROUPS * b + g;
                    int code = from[offset + LOW + place] & 0xff
                            | (from[offset + HIGH + place % 32] >> 4 * (place / 32) & 15) << 8
                            | (head >> 8 + 3 * g & 7) << 12;
                    Sequence.decode(code + start, scale, GROUP, into, at);
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * BYTES, (byte) 0);
        TrellisRow row = new TrellisRow(from, at, columns, weights, GROUP);
        int[] set = findScales(row);
        float d = -row.extremeScale() / 64;
        if (d == 0) {
            return;
        }
        row.startFit();
        for (int b = 0; b < row.blocks(); b++) {
            int s = Math.clamp(Rounding.nearest(1 / d * row.scale[b]), -64, 63);
            row.rematch(b, d * s, Search.SETS[set[b]], false);
            row.addToFit(b, s);
            pack(row.code, b, (s + 64) << 1 | set[b], into, offset + ROW + b / BLOCKS * BYTES);
        }
        LittleEndian.putF32(into, offset, row.fitted(d));
    }

    /** The set that each block chooses. */
    private static int[] findScales(TrellisRow row) {
        int[] set = new int[row.blocks()];
        float largest = row.largest();
        for (int b = 0; b < row.blocks(); b++) {
            float max = row.largest(b);
            if (max < TrellisRow.NOTHING) {
                continue;
            }
            row.startBlock();
            float extreme = Math.max(90, 124 * max / largest);
            tryScales(row, b, max, extreme, Search.SETS[0]);
            // Any later trial that is better than the first set wins, even if it is worse than this one: as
            // ik_llama.cpp.
            boolean isSecond = row.tryScale(b, row.scale[b], Search.SETS[1], false);
            isSecond |= tryScales(row, b, max, extreme, Search.SETS[1]);
            set[b] = isSecond ? 1 : 0;
        }
        return set;
    }

    private static boolean tryScales(TrellisRow row, int b, float max, float extreme, Codes codes) {
        boolean isBetter = false;
        for (int i = -TRIES; i <= TRIES; i++) {
            isBetter |= row.tryScale(b, max / (8 * i + extreme), codes);
            isBetter |= row.tryScale(b, -max / (8 * i + extreme), codes);
        }
        return isBetter;
    }

    private static void pack(int[] code, int block, int head, byte[] into, int offset) {
        int b = block % BLOCKS;
        for (int g = 0; g < GROUPS; g++) {
            int place = GROUPS * b + g;
            int c = code[GROUPS * block + g];
            into[offset + LOW + place] = (byte) c;
            into[offset + HIGH + place % 32] |= (byte) ((c >> 8 & 15) << 4 * (place / 32));
            head |= c >> 12 << 8 + 3 * g;
        }
        LittleEndian.putI32(into, offset + 4 * b, head);
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
