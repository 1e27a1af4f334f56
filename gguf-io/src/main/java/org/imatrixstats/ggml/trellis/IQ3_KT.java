package org.imatrixstats.ggml.trellis;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * A row scale d, then 256 values at a time, eight with a code of 16 bits and signs, x = ±d·s·|sequence|. Each 32 values
 * have a scale s from 0 to 15.
 *
 * <pre>
 * row:   | d f32 | block | block | ...
 *
 * block: 0          4               68      100
 *        | s 4 bits | code u16 × 32 | signs |
 * </pre>
 *
 * Byte b of the scales holds those of the blocks b and 4 + b. Bit b of byte i of the signs is set if value i of block
 * b is negative.
 */
public final class IQ3_KT extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCKS = 8;
    private static final int BLOCK = 32;
    private static final int GROUP = 8;
    private static final int GROUPS = 4;
    private static final int ROW = 4;
    private static final int BYTES = 100;
    private static final int CODE = 4;
    private static final int SIGNS = 68;
    private static final int MAX_SCALE = 15;

    /** Takes a moment to make, and decoding does not need it. */
    private static final class Search {
        static final Codes CODES = new Codes(GROUP, 16, Sequence.OFFSET, true, null, 8);
    }

    private static final class Scales implements IntegerScales.Table {
        @Override
        public int nearest(float ratio) {
            return Math.clamp(Rounding.nearest(ratio), 0, MAX_SCALE);
        }

        @Override
        public float value(int code) {
            return code;
        }
    }

    public IQ3_KT() {
        super(GgmlType.IQ3_KT);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = LittleEndian.getF32(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES) {
            for (int b = 0; b < BLOCKS; b++, at += BLOCK) {
                float scale = d * (from[offset + b % 4] >> 4 * (b / 4) & 15);
                for (int g = 0; g < GROUPS; g++) {
                    int code = LittleEndian.getU16(from, offset + CODE + 2 * (GROUPS * b + g));
                    Sequence.decode(code + Sequence.OFFSET, 1, GROUP, into, at + GROUP * g);
                }
                for (int i = 0; i < BLOCK; i++) {
                    float magnitude = scale * Math.abs(into[at + i]);
                    into[at + i] = (from[offset + SIGNS + i] >> b & 1) != 0 ? -magnitude : magnitude;
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * BYTES, (byte) 0);
        float[] magnitude = new float[columns];
        for (int i = 0; i < columns; i++) {
            magnitude[i] = Math.abs(from[at + i]);
        }
        TrellisRow row = new TrellisRow(magnitude, 0, columns, weights, GROUP);
        float largest = row.largest();
        if (largest == 0) {
            return;
        }
        findScales(row, largest);
        IntegerScales.Table scales = new Scales();
        float d = row.extremeScale() == 0 ? 0 : IntegerScales.fit(row, scales, MAX_SCALE, 0.2f);
        float inverse = d != 0 ? 1 / d : 0;
        row.startFit();
        for (int b = 0; b < row.blocks(); b++) {
            int s = scales.nearest(inverse * row.scale[b]);
            row.rematch(b, d * s, Search.CODES, false);
            row.addToFit(b, s);
            pack(row.code, b, s, from, at + BLOCK * b, into, offset + ROW + b / BLOCKS * BYTES);
        }
        LittleEndian.putF32(into, offset, row.fitted(d));
    }

    private static void findScales(TrellisRow row, float largest) {
        for (int b = 0; b < row.blocks(); b++) {
            float max = row.largest(b);
            if (max < TrellisRow.NOTHING) {
                continue;
            }
            row.startBlock();
            float extreme = Math.max(84, 123 * max / largest);
            for (int i = -3; i <= 3; i++) {
                row.tryScale(b, max / (extreme + 8 * i), Search.CODES);
            }
        }
    }

    private static void pack(int[] code, int block, int s, float[] x, int at, byte[] into, int offset) {
        int b = block % BLOCKS;
        into[offset + b % 4] |= (byte) (s << 4 * (b / 4));
        for (int g = 0; g < GROUPS; g++) {
            LittleEndian.putU16(into, offset + CODE + 2 * (GROUPS * b + g), code[GROUPS * block + g]);
        }
        for (int i = 0; i < BLOCK; i++) {
            into[offset + SIGNS + i] |= (byte) (x[at + i] < 0 ? 1 << b : 0);
        }
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Float.isFinite(LittleEndian.getF32(from, offset));
    }
}
