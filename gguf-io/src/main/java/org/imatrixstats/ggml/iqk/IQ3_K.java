package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowCodec;
import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * 256 values of 3 bits, x = d·s·level. Each 16 values have a scale s, odd from -31 to 31, and choose the plain or the
 * shifted levels.
 *
 * <pre>
 * 0       2         4           6                   14           78         110
 * | d f16 | shifted | sign of s | size of s, 4 bits | low 2 bits | high bit |
 * </pre>
 *
 * Value i of 32·b + i is in byte 32·(b / 4) + i of the low bits, shifted by 2·(b mod 4), and in byte i of the high
 * bits.
 */
public final class IQ3_K extends RowCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 16;
    private static final int BYTES = 110;
    private static final int SHIFTED = 2;
    private static final int SIGNS = 4;
    private static final int SCALES = 6;
    private static final int LOW = 14;
    private static final int HIGH = 78;
    private static final RowImportance IMPORTANCE = new RowImportance(1.5f, 0.25f);

    public IQ3_K() {
        super(GgmlType.IQ3_K);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES, at += SUPER_BLOCK) {
            float d = Half.get(from, offset);
            int shifted = LittleEndian.getU16(from, offset + SHIFTED);
            int signs = LittleEndian.getU16(from, offset + SIGNS);
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                int magnitude = 2 * (from[offset + SCALES + b / 2] >> 4 * (b % 2) & 15) + 1;
                float dl = d * ((signs >> b & 1) != 0 ? -magnitude : magnitude);
                float[] level = CodeBook.IQ3.levels((shifted >> b & 1) != 0).value;
                int low = offset + LOW + 32 * (b / 8) + BLOCK * (b % 2);
                int high = offset + HIGH + BLOCK * (b % 2);
                for (int i = 0; i < BLOCK; i++) {
                    int code = from[low + i] >> 2 * (b / 2 % 4) & 3 | (from[high + i] >> b / 2 & 1) << 2;
                    into[at + BLOCK * b + i] = dl * level[code];
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        NonlinearRow row = new NonlinearRow(from, at, IMPORTANCE.of(from, at, columns, weights, BLOCK), CodeBook.IQ3,
                BLOCK);
        row.findScales(3, 2, true);
        Arrays.fill(into, offset, offset + columns / SUPER_BLOCK * BYTES, (byte) 0);
        for (int first = 0; first < columns / BLOCK; first += SUPER_BLOCK / BLOCK, offset += BYTES) {
            float d = Math.abs(row.extremeScale(first, first + SUPER_BLOCK / BLOCK)) / 31;
            if (d == 0) {
                continue;
            }
            int shifted = 0;
            int signs = 0;
            row.startFit();
            for (int b = 0; b < SUPER_BLOCK / BLOCK; b++) {
                float scale = row.scale[first + b];
                int s = Rounding.nearest(0.5f * (1 / d * Math.abs(scale) - 1));
                s = Math.clamp(s, 0, 15);
                into[offset + SCALES + b / 2] |= (byte) (s << 4 * (b % 2));
                signs |= scale < 0 ? 1 << b : 0;
                shifted |= row.shifted[first + b] ? 1 << b : 0;
                row.assign(first + b, d, scale < 0 ? -2 * s - 1 : 2 * s + 1);
                pack(row.code, BLOCK * (first + b), into, offset, b);
            }
            LittleEndian.putU16(into, offset + SHIFTED, shifted);
            LittleEndian.putU16(into, offset + SIGNS, signs);
            Half.put(into, offset, 1.01f * row.fitted(d));
        }
    }

    private static void pack(byte[] code, int at, byte[] into, int offset, int b) {
        int low = offset + LOW + 32 * (b / 8) + BLOCK * (b % 2);
        int high = offset + HIGH + BLOCK * (b % 2);
        for (int i = 0; i < BLOCK; i++) {
            into[low + i] |= (byte) ((code[at + i] & 3) << 2 * (b / 2 % 4));
            into[high + i] |= (byte) (code[at + i] >> 2 << b / 2);
        }
    }

    @Override
    protected boolean isValid(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
