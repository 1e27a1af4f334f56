package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * 256 values of 6 bits, x = d·s·(f(code) + shift). Each 16 values have a scale s from -127 to 127 and are shifted by 1
 * or not. Encoding goes by the rounded levels of the code book, decoding by the cubic f that they come from.
 *
 * <pre>
 * 0       2         4      20           148           212
 * | d f16 | shifted | s i8 | low 4 bits | high 2 bits |
 * </pre>
 *
 * Byte 32·b + i of the low bits holds the values 64·b + i and 64·b + 32 + i; byte 32·c + i of the high bits holds
 * those of the values 128·c + i, 128·c + 32 + i and so on.
 */
public final class IQ6_K extends RowCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 16;
    private static final int BYTES = 212;
    private static final int SHIFTED = 2;
    private static final int SCALES = 4;
    private static final int LOW = 20;
    private static final int HIGH = 148;
    private static final RowImportance IMPORTANCE = new RowImportance(2, 0.25f);
    private static final float[][] LEVELS = {levels(0), levels(1)};

    public IQ6_K() {
        super(GgmlType.IQ6_K);
    }

    /** ik_llama.cpp is built with fused multiply-add, and without it some levels would differ in the last bit. */
    private static float[] levels(float shift) {
        float[] levels = new float[64];
        for (int q = 0; q < levels.length; q++) {
            float f = Math.fma(q, 0.0011972f, -0.11218f);
            levels[q] = Math.fma(q, Math.fma(q, f, 6.2568f), -127) + shift;
        }
        return levels;
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES, at += SUPER_BLOCK) {
            float d = Half.get(from, offset);
            int shifted = LittleEndian.getU16(from, offset + SHIFTED);
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                float dl = d * from[offset + SCALES + b];
                float[] level = LEVELS[shifted >> b & 1];
                int low = offset + LOW + 32 * (b / 4) + BLOCK * (b % 2);
                int high = offset + HIGH + 32 * (b / 8) + BLOCK * (b % 2);
                for (int i = 0; i < BLOCK; i++) {
                    int code = from[low + i] >> 4 * (b / 2 % 2) & 15 | (from[high + i] >> 2 * (b / 2 % 4) & 3) << 4;
                    into[at + BLOCK * b + i] = dl * level[code];
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        NonlinearRow row = new NonlinearRow(from, at, IMPORTANCE.of(from, at, columns, weights, BLOCK), CodeBook.IQ6,
                BLOCK);
        row.findScales(5, 1, true);
        Arrays.fill(into, offset, offset + columns / SUPER_BLOCK * BYTES, (byte) 0);
        for (int first = 0; first < columns / BLOCK; first += SUPER_BLOCK / BLOCK, offset += BYTES) {
            float d = -row.extremeScale(first, first + SUPER_BLOCK / BLOCK) / 127;
            if (d == 0) {
                continue;
            }
            int shifted = 0;
            row.startFit();
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int s = Math.clamp(Rounding.nearest(1 / d * row.scale[first + b]), -127, 127);
                into[offset + SCALES + b] = (byte) s;
                shifted |= row.shifted[first + b] ? 1 << b : 0;
                if (s != 0) {
                    row.assign(first + b, d, s);
                    pack(row.code, BLOCK * (first + b), into, offset, b);
                }
            }
            LittleEndian.putU16(into, offset + SHIFTED, shifted);
            Half.put(into, offset, row.fitted(d));
        }
    }

    private static void pack(byte[] code, int at, byte[] into, int offset, int b) {
        int low = offset + LOW + 32 * (b / 4) + BLOCK * (b % 2);
        int high = offset + HIGH + 32 * (b / 8) + BLOCK * (b % 2);
        for (int i = 0; i < BLOCK; i++) {
            into[low + i] |= (byte) ((code[at + i] & 15) << 4 * (b / 2 % 2));
            into[high + i] |= (byte) (code[at + i] >> 4 << 2 * (b / 2 % 4));
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
