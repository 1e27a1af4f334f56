package org.imatrixstats.ggml.iqk;

import org.imatrixstats.ggml.block.CodeBook.Levels;
import org.imatrixstats.ggml.block.CodeBook;

/**
 * A block of 32 values whose 4-bit codes come in words of four, each with an even number of ones. A word with an odd
 * number is mended: the code changes for which the error grows least.
 */
final class EvenCodes {
    private static final int WORDS = 8;
    /** The values in the order of the words. */
    private final float[] x = new float[4 * WORDS];
    private final float[] weight = new float[4 * WORDS];
    private final boolean isZero;
    private final float extreme;
    private int[] codes = new int[WORDS];
    private int[] candidate = new int[WORDS];
    private boolean isShifted;
    private float scale;
    private float best;

    EvenCodes(float[] from, int at, float[] weights, int atWeight) {
        float max = 0;
        for (int i = 0; i < 4 * WORDS; i++) {
            int source = i / 4 * 2 + (i & 2) / 2 + (i & 1) * 16;
            x[i] = from[at + source];
            weight[i] = weights[atWeight + source];
            max = Math.abs(from[at + i]) > Math.abs(max) ? from[at + i] : max;
        }
        extreme = max;
        isZero = Math.abs(max) < 1e-16f;
    }

    float scale() {
        return scale;
    }

    boolean isShifted() {
        return isShifted;
    }

    /** The word with the codes of four values. */
    int codes(int word) {
        return codes[word];
    }

    float value(int i) {
        return x[i];
    }

    float weight(int i) {
        return weight[i];
    }

    float level(int i) {
        return CodeBook.IQ4.levels(isShifted).value[codes[i / 4] >> 4 * (i % 4) & 15];
    }

    /** Finds the scale with the least weighted error: the extreme value is tried as the first level and close by. */
    void findScale(int tries) {
        if (isZero) {
            return;
        }
        Levels plain = CodeBook.IQ4.levels(false);
        Levels shifted = CodeBook.IQ4.levels(true);
        scale = -extreme / plain.first();
        best = 0;
        for (int i = -tries; i <= tries; i++) {
            tryScale(plain, (i + plain.first()) / extreme);
            tryScale(shifted, (i + shifted.first()) / extreme);
        }
    }

    /** Tries both signs. The mending goes by the positive scale, as in ik_llama.cpp. */
    private void tryScale(Levels levels, float inverse) {
        float positive = 1 / inverse;
        for (int sign = 1; sign >= -1; sign -= 2) {
            float qx = 0;
            float q2 = 0;
            for (int word = 0; word < WORDS; word++) {
                int c = nearestEven(levels, word, sign * inverse, positive);
                for (int i = 4 * word; i < 4 * word + 4; i++, c >>= 4) {
                    float q = levels.value[c & 15];
                    qx = Math.fma(weight[i] * q, x[i], qx);
                    q2 = Math.fma(weight[i] * q, q, q2);
                }
            }
            if (q2 > 0 && qx * qx > best * q2) {
                scale = qx / q2;
                best = scale * qx;
            }
        }
    }

    /** Chooses the levels and the codes for a scale. */
    void assign(float d) {
        isShifted = false;
        if (d == 0) {
            return;
        }
        float plain = error(CodeBook.IQ4.levels(false), d);
        int[] codesOfPlain = candidate.clone();
        float shifted = error(CodeBook.IQ4.levels(true), d);
        isShifted = shifted < plain;
        codes = isShifted ? candidate.clone() : codesOfPlain;
    }

    private float error(Levels levels, float d) {
        float error = 0;
        for (int word = 0; word < WORDS; word++) {
            candidate[word] = nearestEven(levels, word, 1 / d, d);
            for (int i = 0; i < 4; i++) {
                float difference = Math.fma(-d, levels.value[candidate[word] >> 4 * i & 15], x[4 * word + i]);
                error = Math.fma(weight[4 * word + i] * difference, difference, error);
            }
        }
        return error;
    }

    private int nearestEven(Levels levels, int word, float inverse, float d) {
        int c = 0;
        for (int i = 0; i < 4; i++) {
            c |= levels.nearest(inverse * x[4 * word + i]) << 4 * i;
        }
        return Integer.bitCount(c) % 2 == 0 ? c : mended(levels, word, c, d);
    }

    /** What the error was so far goes by the plain levels, also where the levels are shifted, as in ik_llama.cpp. */
    private int mended(Levels levels, int word, int c, float d) {
        float[] plain = CodeBook.IQ4.levels(false).value;
        float least = Float.MAX_VALUE;
        int result = c;
        for (int i = 0; i < 4; i++) {
            int code = c >> 4 * i & 15;
            float before = Math.fma(d, plain[code], -x[4 * word + i]);
            for (int other = Math.max(code - 2, 0); other <= Math.min(code + 2, 15); other++) {
                if ((Integer.bitCount(other) - Integer.bitCount(code)) % 2 == 0) {
                    continue;
                }
                float after = Math.fma(d, levels.value[other], -x[4 * word + i]);
                float growth = weight[4 * word + i] * Math.fma(after, after, -(before * before));
                if (growth < least) {
                    least = growth;
                    result = c & ~(15 << 4 * i) | other << 4 * i;
                }
            }
        }
        return result;
    }
}
