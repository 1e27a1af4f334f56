package org.imatrixstats.ggml.ik;

import java.util.Arrays;

import org.imatrixstats.ggml.block.Rounding;

/**
 * ik_llama.cpp's search for the scale and the offset of a block, x = scale·q - min, with q from 0 to a limit. It goes
 * like that of llama.cpp, in 64-bit floats, and then changes single codes by one as long as that helps.
 */
final class OffsetSearch {
    private static final float FIRST = -0.9f;
    private static final float STEP = 0.05f;
    private static final int STEPS = 36;

    /** How much the error of each value counts. */
    final float[] weight;
    /** The codes that are found. */
    final int[] code;
    private final int limit;
    private final int[] trial;
    private float scale;
    private float min;
    private double sumW;
    private double sumX;
    private double sumX2;
    private double sumL;
    private double sumL2;
    private double sumXl;
    private double triedScale;
    private double triedMin;

    OffsetSearch(int size, int limit) {
        this.limit = limit;
        weight = new float[size];
        code = new int[size];
        trial = new int[size];
    }

    float scale() {
        return scale;
    }

    /** What is subtracted, not less than 0. */
    float min() {
        return -min;
    }

    float sumOfWeights() {
        float sum = 0;
        for (float w : weight) {
            sum += w;
        }
        return sum;
    }

    /** Sets the weights: E[x²] of the column times sqrt(σ² + x²). */
    void weigh(float[] columns, int column, float sigma2, float[] x, int at) {
        for (int i = 0; i < weight.length; i++) {
            weight[i] = columns[column + i] * (float) Math.sqrt(Math.fma(x[at + i], x[at + i], sigma2));
        }
    }

    void search(float[] x, int at) {
        min = x[at];
        float max = x[at];
        sumW = 0;
        sumX = 0;
        sumX2 = 0;
        for (int i = 0; i < code.length; i++) {
            float v = x[at + i];
            min = Math.min(min, v);
            max = Math.max(max, v);
            sumW += weight[i];
            sumX += (double) weight[i] * v;
            sumX2 = Math.fma((double) weight[i] * v, v, sumX2);
        }
        min = Math.min(min, 0);
        if (max - min < 1e-10f) {
            Arrays.fill(code, 0);
            scale = 0;
            return;
        }
        double best = start(x, at, limit / (max - min));
        for (int step = 0; step <= STEPS; step++) {
            // From the second on, the offset of the best trial so far counts as the least value.
            tryScale(x, at, (Math.fma(STEP, step, FIRST) + limit) / (max - min));
            if (solve()) {
                double error = error(triedScale, triedMin);
                if (error < best) {
                    best = error;
                    System.arraycopy(trial, 0, code, 0, code.length);
                    scale = (float) triedScale;
                    min = (float) triedMin;
                }
            }
        }
        improve(x, at);
    }

    private double start(float[] x, int at, float inverse) {
        scale = 1 / inverse;
        double error = 0;
        for (int i = 0; i < code.length; i++) {
            code[i] = Math.clamp(Rounding.nearest(inverse * (x[at + i] - min)), 0, limit);
            double difference = Math.fma((double) scale, code[i], min) - x[at + i];
            error = Math.fma(weight[i], difference * difference, error);
        }
        return error;
    }

    private void tryScale(float[] x, int at, float inverse) {
        sumL = 0;
        sumL2 = 0;
        sumXl = 0;
        for (int i = 0; i < code.length; i++) {
            int l = Math.clamp(Rounding.nearest(inverse * (x[at + i] - min)), 0, limit);
            trial[i] = l;
            add(x[at + i], weight[i], l);
        }
    }

    private void add(float v, double w, int l) {
        sumL += w * l;
        sumL2 += w * l * l;
        sumXl += w * l * v;
    }

    /** The scale and the offset, not above 0, that are best for the sums of some codes; false if there are none. */
    private boolean solve() {
        double determinant = Math.fma(sumW, sumL2, -(sumL * sumL));
        if (!(determinant > 0)) {
            return false;
        }
        triedScale = Math.fma(sumW, sumXl, -(sumX * sumL)) / determinant;
        triedMin = Math.fma(sumL2, sumX, -(sumL * sumXl)) / determinant;
        if (triedMin > 0) {
            triedMin = 0;
            triedScale = sumXl / sumL2;
        }
        return true;
    }

    /** The order and the fused multiply-add matter: if a block is fitted exactly, rounding errors decide. */
    private double error(double d, double m) {
        double error = Math.fma(-2 * d, sumXl, sumX2);
        error = Math.fma(-2 * m, sumX, error);
        error = Math.fma(2 * d * m, sumL, error);
        error = Math.fma(d * d, sumL2, error);
        return Math.fma(m * m, sumW, error);
    }

    /** How much less than Σ w·x² the error is. */
    private double gain(double d, double m) {
        double gain = Math.fma(2 * d, sumXl, 2 * m * sumX);
        gain = Math.fma(-2 * d * m, sumL, gain);
        gain = Math.fma(-d * d, sumL2, gain);
        return Math.fma(-m * m, sumW, gain);
    }

    private void improve(float[] x, int at) {
        sumL = 0;
        sumL2 = 0;
        sumXl = 0;
        for (int i = 0; i < code.length; i++) {
            add(x[at + i], weight[i], code[i]);
        }
        double best = gain(scale, min);
        int last = -1;
        int lastStep = 0;
        for (int i = 0; i < limit * code.length; i++) {
            int place = farthest(x, at);
            if (place < 0) {
                return;
            }
            int step = x[at + place] - scale * code[place] - min > 0 ? 1 : -1;
            if (place == last && step == -lastStep) {
                return;
            }
            double w = weight[place];
            sumL += w * step;
            sumL2 += w * (2 * code[place] * step + 1);
            sumXl += w * x[at + place] * step;
            if (!solve() || triedScale < 0) {
                return;
            }
            double gain = gain(triedScale, triedMin);
            if (gain <= best) {
                return;
            }
            best = gain;
            scale = (float) triedScale;
            min = (float) triedMin;
            code[place] += step;
            last = place;
            lastStep = step;
        }
    }

    /** The value that is farthest from what its code stands for and whose code can change; -1 if there is none. */
    private int farthest(float[] x, int at) {
        float largest = 0;
        int place = -1;
        for (int i = 0; i < code.length; i++) {
            float g = Math.fma(-scale, code[i], x[at + i]) - min;
            if (g > largest && code[i] < limit || -g > largest && code[i] > 0) {
                largest = Math.abs(g);
                place = i;
            }
        }
        return place;
    }
}
