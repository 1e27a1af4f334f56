package org.imatrixstats.ggml.iqk;

import java.util.Arrays;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.RowScaleCodec;
import org.imatrixstats.ggml.block.Half;
import org.imatrixstats.ggml.block.LittleEndian;
import org.imatrixstats.ggml.block.Rounding;

/**
 * A row scale d, then 256 values at a time, two in 5 bits: x = d·s·level. Each 32 values have a scale s from -32 to 31.
 * A pair is one of 32 points of the grid of {@link Pairs}.
 *
 * <pre>
 * row:   | d f16 | block | block | ...
 *
 * block: 0                2               6            70         86
 *        | s: high 2 bits | s: low 4 bits | low 4 bits | high bit |
 * </pre>
 *
 * Pair j of block b is in byte 16·(b / 2) + j of the low bits, its low or high half, and in bit b of byte j of the high
 * bits.
 */
public final class IQ2_KL extends RowScaleCodec {
    private static final int SUPER_BLOCK = 256;
    private static final int BLOCK = 32;
    private static final int BLOCKS = SUPER_BLOCK / BLOCK;
    private static final int PAIRS = BLOCK / 2;
    private static final int ROW = 2;
    private static final int BYTES = 86;
    private static final int SCALES = 2;
    private static final int LOW = 6;
    private static final int HIGH = 70;
    private static final int TRIES = 5;

    public IQ2_KL() {
        super(GgmlType.IQ2_KL);
    }

    @Override
    protected void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        float d = Half.get(from, offset);
        offset += ROW;
        for (int column = 0; column < columns; column += SUPER_BLOCK, offset += BYTES, at += SUPER_BLOCK) {
            int scalesHigh = LittleEndian.getU16(from, offset);
            for (int b = 0; b < BLOCKS; b++) {
                int s = from[offset + SCALES + b % 4] >> 4 * (b / 4) & 15 | (scalesHigh >> 2 * b & 3) << 4;
                float dl = d * (s - 32);
                for (int j = 0; j < PAIRS; j++) {
                    int point = from[offset + LOW + PAIRS * (b / 2) + j] >> 4 * (b % 2) & 15
                            | (from[offset + HIGH + j] >> b & 1) << 4;
                    into[at + BLOCK * b + 2 * j] = dl * Pairs.FIRST[point];
                    into[at + BLOCK * b + 2 * j + 1] = dl * Pairs.SECOND[point];
                }
            }
        }
    }

    @Override
    protected void quantizeRow(float[] from, int at, int columns, float[] weights, byte[] into, int offset) {
        Pairs row = new Pairs(from, at, columns, weights, BLOCK);
        row.findScales(TRIES);
        Arrays.fill(into, offset, offset + ROW + columns / SUPER_BLOCK * BYTES, (byte) 0);
        float d = -row.extremeScale() / 32;
        if (d == 0) {
            return;
        }
        int block = offset + ROW;
        float sumQx = 0;
        float sumQ2 = 0;
        for (int first = 0; first < columns / BLOCK; first += BLOCKS, block += BYTES) {
            int scalesHigh = 0;
            for (int b = 0; b < BLOCKS; b++) {
                int s = row.bestMultiplier(first + b, d,
                        Math.clamp(Rounding.nearest(1 / d * row.scale(first + b)), -32, 31));
                into[block + SCALES + b % 4] |= (byte) ((s + 32 & 15) << 4 * (b / 4));
                scalesHigh |= s + 32 >> 4 << 2 * b;
                if (s == 0) {
                    continue;
                }
                for (int j = 0; j < PAIRS; j++) {
                    int i = BLOCK * (first + b) + 2 * j;
                    int point = row.nearest(1 / (d * s), i);
                    into[block + LOW + PAIRS * (b / 2) + j] |= (byte) ((point & 15) << 4 * (b % 2));
                    into[block + HIGH + j] |= (byte) (point >> 4 << b);
                    float q1 = s * Pairs.FIRST[point];
                    float q2 = s * Pairs.SECOND[point];
                    sumQx += Math.fma(row.weight(i) * q1, from[at + i], row.weight(i + 1) * q2 * from[at + i + 1]);
                    sumQ2 += Math.fma(row.weight(i) * q1, q1, row.weight(i + 1) * q2 * q2);
                }
            }
            LittleEndian.putU16(into, block, scalesHigh);
        }
        Half.put(into, offset, 1.025f * (sumQ2 > 0 ? sumQx / sumQ2 : d));
    }

    @Override
    protected boolean isValidRow(byte[] from, int offset) {
        return Half.isFinite(from, offset);
    }
}
