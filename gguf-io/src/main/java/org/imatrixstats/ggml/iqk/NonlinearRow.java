package org.imatrixstats.ggml.iqk;

import org.imatrixstats.ggml.block.CodeBook.Levels;
import org.imatrixstats.ggml.block.CodeBook;

/**
 * The search that the types with a code book share. It finds a scale for each block of 16 or 32 values of a row
 * ({@link #findScales}). The type then stores the scales with few bits, and {@link #assign} chooses the levels for
 * the scale that is left. Sums of products give the scale of all that minimizes the weighted squared error.
 */
final class NonlinearRow {
    private static final float NOTHING = 1e-16f;

    final float[] scale;
    final boolean[] shifted;
    /** The code of each value. */
    final byte[] code;
    private final float[] x;
    private final int at;
    private final float[] weight;
    private final CodeBook book;
    private final int block;
    private float best;
    private float bestScale;
    private boolean bestShifted;
    private float sumQx;
    private float sumQ2;

    /**
     * @param x      holds the row from {@code at} on
     * @param weight how much the error of each value counts
     * @param block  values with their own scale
     */
    NonlinearRow(float[] x, int at, float[] weight, CodeBook book, int block) {
        this.x = x;
        this.at = at;
        this.weight = weight;
        this.book = book;
        this.block = block;
        scale = new float[weight.length / block];
        shifted = new boolean[scale.length];
        code = new byte[weight.length];
    }

    /**
     * Finds the scale and the half of the code book for each block. The largest value is tried as the first level
     * and as numbers around it, with both signs.
     *
     * @param tries how many numbers on each side
     * @param step  their distance
     * @param refit whether the scale is computed once more from the levels that it leads to
     */
    void findScales(int tries, float step, boolean refit) {
        for (int b = 0; b < scale.length; b++) {
            findScale(b, tries, step, refit);
        }
    }

    /** Finds the scale and the half of the code book for each block of a code book with four levels. */
    void findScales(Thresholds thresholds) {
        for (int b = 0; b < scale.length; b++) {
            if (Math.abs(extreme(b)) >= NOTHING) {
                scale[b] = thresholds.bestScale(x, at + b * block, weight, b * block, book);
                shifted[b] = thresholds.isShifted();
            }
        }
    }

    private void findScale(int b, int tries, float step, boolean refit) {
        float max = extreme(b);
        if (Math.abs(max) < NOTHING) {
            return;
        }
        Levels plain = book.levels(false);
        Levels high = book.levels(true);
        best = 0;
        bestScale = -max / plain.first();
        bestShifted = false;
        tryScale(b, plain, 1 / bestScale, false);
        for (int i = -tries; i <= tries; i++) {
            tryScale(b, plain, (i * step + plain.first()) / max, false);
            tryScale(b, high, (i * step + high.first()) / max, true);
        }
        scale[b] = refit && bestScale != 0 ? refitted(b) : bestScale;
        shifted[b] = bestShifted;
    }

    /** The value of the block with the largest magnitude. */
    private float extreme(int b) {
        float max = 0;
        for (int i = at + b * block; i < at + (b + 1) * block; i++) {
            max = Math.abs(x[i]) > Math.abs(max) ? x[i] : max;
        }
        return max;
    }

    private void tryScale(int b, Levels levels, float inverse, boolean isShifted) {
        float qxPlus = 0;
        float q2Plus = 0;
        float qxMinus = 0;
        float q2Minus = 0;
        for (int i = b * block; i < (b + 1) * block; i++) {
            float w = weight[i];
            float v = x[at + i];
            float l = inverse * v;
            float q = levels.value[levels.nearest(l)];
            qxPlus = Math.fma(w * q, v, qxPlus);
            q2Plus = Math.fma(w * q, q, q2Plus);
            q = levels.value[levels.nearest(-l)];
            qxMinus = Math.fma(w * q, v, qxMinus);
            q2Minus = Math.fma(w * q, q, q2Minus);
        }
        keepIfBetter(qxPlus, q2Plus, isShifted);
        keepIfBetter(qxMinus, q2Minus, isShifted);
    }

    private void keepIfBetter(float qx, float q2, boolean isShifted) {
        if (q2 > 0 && qx * qx > best * q2) {
            bestScale = qx / q2;
            best = bestScale * qx;
            bestShifted = isShifted;
        }
    }

    private float refitted(int b) {
        Levels levels = book.levels(bestShifted);
        float inverse = 1 / bestScale;
        float qx = 0;
        float q2 = 0;
        for (int i = b * block; i < (b + 1) * block; i++) {
            float q = levels.value[levels.nearest(inverse * x[at + i])];
            qx = Math.fma(weight[i] * q, x[at + i], qx);
            q2 = Math.fma(weight[i] * q, q, q2);
        }
        return q2 > 0 ? qx / q2 : bestScale;
    }

    /** The scale with the largest magnitude of some blocks. */
    float extremeScale(int first, int end) {
        float max = 0;
        for (int b = first; b < end; b++) {
            max = Math.abs(scale[b]) > Math.abs(max) ? scale[b] : max;
        }
        return max;
    }

    /** The sum of the weights of each block. */
    float[] blockWeights() {
        float[] sum = new float[scale.length];
        for (int i = 0; i < weight.length; i++) {
            sum[i / block] += weight[i];
        }
        return sum;
    }

    /** Begins the sums for a scale of all blocks to come. */
    void startFit() {
        sumQx = 0;
        sumQ2 = 0;
    }

    /** Chooses the codes of a block that will be decoded as d·multiplier·level. */
    void assign(int b, float d, int multiplier) {
        Levels levels = book.levels(shifted[b]);
        float product = d * multiplier;
        float inverse = product != 0 ? 1 / product : 0;
        for (int i = b * block; i < (b + 1) * block; i++) {
            int c = levels.nearest(inverse * x[at + i]);
            code[i] = (byte) c;
            float q = levels.value[c] * multiplier;
            sumQx = Math.fma(weight[i] * q, x[at + i], sumQx);
            sumQ2 = Math.fma(weight[i] * q, q, sumQ2);
        }
    }

    /** The d for which the assigned codes are best. */
    float fitted(float otherwise) {
        return sumQ2 > 0 ? sumQx / sumQ2 : otherwise;
    }
}
