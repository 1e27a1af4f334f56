package org.imatrixstats.ggml.ik;

import org.imatrixstats.ggml.block.CodeBook;
import org.imatrixstats.ggml.block.CodeBook.Levels;

/**
 * ik_llama.cpp's search for the scale of 32 values with the 16 levels of iq4_nl: the extreme value is tried as the
 * first level, as the last and close by. Then single codes change by one as long as that helps.
 */
final class NonlinearBlock {
    static final int SIZE = 32;
    private static final int TRIES = 7;
    private static final int MOST_CHANGES = 32 * SIZE;
    private static final float NOTHING = 1e-15f;
    private static final Levels LEVELS = CodeBook.IQ4.levels(false);

    private final float[] weight = new float[SIZE];
    private final int[] code = new int[SIZE];
    private float sumQx;
    private float sumQ2;
    private float scale;
    private float best;

    /** @param weights E[x²] of each column; null for weights of x² */
    void weigh(float[] weights, int column, float sigma2, float[] x, int at) {
        for (int i = 0; i < SIZE; i++) {
            float v = x[at + i];
            weight[i] = weights == null ? v * v : weights[column + i] * (float) Math.sqrt(Math.fma(v, v, sigma2));
        }
    }

    /** The scale of the values at {@code at}; 0 if they are as good as 0. */
    float fit(float[] x, int at) {
        float extreme = 0;
        for (int i = at; i < at + SIZE; i++) {
            extreme = Math.abs(x[i]) > Math.abs(extreme) ? x[i] : extreme;
        }
        if (Math.abs(extreme) < NOTHING) {
            return 0;
        }
        scale = 0;
        best = 0;
        tryScale(x, at, 1 / (-extreme / LEVELS.first()));
        for (int i = -TRIES; i <= TRIES; i++) {
            tryScale(x, at, (i + LEVELS.first()) / extreme);
            tryScale(x, at, (i + LEVELS.value[LEVELS.value.length - 1]) / extreme);
        }
        // Rounding can make two codes take turns, so the number of changes has a limit.
        int changes = 0;
        while (changes < MOST_CHANGES && scale != 0 && improve(x, at)) {
            changes++;
        }
        return scale;
    }

    private void tryScale(float[] x, int at, float inverse) {
        float qx = 0;
        float q2 = 0;
        for (int i = 0; i < SIZE; i++) {
            float q = LEVELS.value[LEVELS.nearest(inverse * x[at + i])];
            qx = Math.fma(weight[i] * q, x[at + i], qx);
            q2 = Math.fma(weight[i] * q, q, q2);
        }
        if (q2 > 0 && qx * qx > best * q2) {
            keep(qx, q2);
            for (int i = 0; i < SIZE; i++) {
                code[i] = LEVELS.nearest(inverse * x[at + i]);
            }
        }
    }

    private void keep(float qx, float q2) {
        sumQx = qx;
        sumQ2 = q2;
        scale = qx / q2;
        best = scale * qx;
    }

    /**
     * Changes the code that is nearest to changing, by the slope of the error. As in ik_llama.cpp a step down counts
     * as nearer than any step up.
     */
    private boolean improve(float[] x, int at) {
        float nearest = Float.POSITIVE_INFINITY;
        int place = -1;
        int step = 0;
        for (int i = 0; i < SIZE; i++) {
            float g = scale * weight[i] * Math.fma(-scale, LEVELS.value[code[i]], x[at + i]);
            int direction = g > 0 && code[i] < LEVELS.value.length - 1 ? 1 : g < 0 && code[i] > 0 ? -1 : 0;
            if (direction != 0) {
                float distance = (LEVELS.value[code[i] + direction] - LEVELS.value[code[i]]) / g;
                if (distance < nearest) {
                    nearest = distance;
                    place = i;
                    step = direction;
                }
            }
        }
        if (place < 0) {
            return false;
        }
        float from = LEVELS.value[code[place]];
        float to = LEVELS.value[code[place] + step];
        float qx = Math.fma(weight[place] * x[at + place], to - from, sumQx);
        float q2 = Math.fma(weight[place], to * to - from * from, sumQ2);
        if (!(q2 > 0 && qx * qx > best * q2)) {
            return false;
        }
        keep(qx, q2);
        code[place] += step;
        return true;
    }

    /**
     * Writes the codes of 32 values for a scale: the first 16 in the low halves of 16 bytes, the others in the high
     * ones.
     */
    static void pack(float scale, float[] x, int at, byte[] into, int offset) {
        float inverse = scale != 0 ? 1 / scale : 0;
        for (int i = 0; i < SIZE / 2; i++) {
            into[offset + i] = (byte) (LEVELS.nearest(inverse * x[at + i])
                    | LEVELS.nearest(inverse * x[at + SIZE / 2 + i]) << 4);
        }
    }
}
