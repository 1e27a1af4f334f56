package org.imatrixstats.ggml.ik;

import java.util.Arrays;

import org.imatrixstats.ggml.block.Rounding;

/**
 * ik_llama.cpp's search for the scale of a block whose codes are integers from -max to max - 1: the extreme value is
 * tried as -max, as max - 1 and close by. Then single codes change by one as long as that helps.
 */
final class SymmetricBlock {
    private static final float NOTHING = 1e-15f;
    /** How much the error of each value counts. */
    final float[] weight;
    /** The integers that are found, plus max. */
    final int[] code;
    private final int max;
    private float sumX;
    private float sum2;
    private float scale;
    private float best;

    SymmetricBlock(int size, int max) {
        this.max = max;
        weight = new float[size];
        code = new int[size];
    }

    /** Sets the weights: E[x²] of the column times sqrt(σ² + x²). */
    void weigh(float[] columns, int column, float sigma2, float[] x, int at) {
        for (int i = 0; i < weight.length; i++) {
            weight[i] = columns[column + i] * (float) Math.sqrt(Math.fma(x[at + i], x[at + i], sigma2));
        }
    }

    /** Sets the weights to x². */
    void weighBySquares(float[] x, int at) {
        for (int i = 0; i < weight.length; i++) {
            weight[i] = x[at + i] * x[at + i];
        }
    }

    /** The scale of the block at {@code at}; 0 if its values are as good as 0. */
    float fit(float[] x, int at) {
        float extreme = 0;
        for (int i = at; i < at + code.length; i++) {
            extreme = Math.abs(x[i]) > Math.abs(extreme) ? x[i] : extreme;
        }
        if (Math.abs(extreme) < NOTHING) {
            Arrays.fill(code, 0);
            return 0;
        }
        scale = 0;
        best = 0;
        sumX = 0;
        sum2 = 0;
        take(x, at, -max / extreme);
        tryScale(x, at, -max / extreme);
        for (int i = -9; i <= 9; i++) {
            tryScale(x, at, -(max + 0.1f * i) / extreme);
            tryScale(x, at, (max - 1 + 0.1f * i) / extreme);
        }
        // Rounding can make two codes take turns, so the number of changes has a limit.
        int changes = 0;
        while (changes < code.length * (2 * max - 1) && improve(x, at)) {
            changes++;
        }
        return scale;
    }

    private int round(float value) {
        return Math.clamp(Rounding.nearest(value), -max, max - 1);
    }

    private void take(float[] x, int at, float inverse) {
        for (int i = 0; i < code.length; i++) {
            code[i] = round(inverse * x[at + i]) + max;
        }
    }

    private void tryScale(float[] x, int at, float inverse) {
        float sx = 0;
        float s2 = 0;
        for (int i = 0; i < code.length; i++) {
            int l = round(inverse * x[at + i]);
            sx += weight[i] * x[at + i] * l;
            s2 += weight[i] * l * l;
        }
        if (s2 > 0 && sx * sx > best * s2) {
            take(x, at, inverse);
            keep(sx, s2);
        }
    }

    private void keep(float sx, float s2) {
        sumX = sx;
        sum2 = s2;
        scale = sx / s2;
        best = scale * sx;
    }

    /** Changes the code whose change promises most; false if that does not help. */
    private boolean improve(float[] x, int at) {
        float steepest = 0;
        int place = -1;
        for (int i = 0; i < code.length; i++) {
            int l = code[i] - max;
            float g = scale * weight[i] * Math.fma(-scale, l, x[at + i]);
            if ((g > 0 && l < max - 1 || g < 0 && l > -max) && Math.abs(g) > Math.abs(steepest)) {
                steepest = g;
                place = i;
            }
        }
        if (place < 0) {
            return false;
        }
        int step = steepest > 0 ? 1 : -1;
        int l = code[place] - max;
        float sx = Math.fma(step * weight[place], x[at + place], sumX);
        float s2 = Math.fma(weight[place], 2 * step * l + 1, sum2);
        if (!(s2 > 0 && sx * sx > best * s2)) {
            return false;
        }
        code[place] += step;
        keep(sx, s2);
        return true;
    }
}
