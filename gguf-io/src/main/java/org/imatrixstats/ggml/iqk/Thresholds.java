package org.imatrixstats.ggml.iqk;

import org.imatrixstats.ggml.block.CodeBook;

/**
 * Finds the best scale of a block that has four levels. In sorted order the values fall into four runs, one for each
 * level, and three thresholds part them. For a given scale the best thresholds are the midpoints of the levels times
 * the scale. So the best partition of all is among those that appear while the scale grows from 0: one threshold at a
 * time steps over one value.
 *
 * <p>ik_llama.cpp tries all partitions within limits, which takes n³ steps. Only if the best partition of all is beyond
 * the limits are all tried here.
 */
final class Thresholds {
    private final int size;
    private final int maxFirst;
    private final int minLast;
    /** The values in ascending order, and the sums of weight·x and of the weights of those before each place. */
    private final float[] x;
    private final float[] weight;
    private final float[] sumX;
    private final float[] sumW;
    private final float[] level = new float[4];

    private float best;
    private float bestScale;
    private boolean bestShifted;
    /** The best partition of the present sweep. */
    private float score;
    private float scale;
    private boolean isWithinLimits;

    /**
     * @param size     values in a block
     * @param maxFirst at most so many values get the first level
     * @param minLast  at least so many get one of the first three; at least one gets the last
     */
    Thresholds(int size, int maxFirst, int minLast) {
        this.size = size;
        this.maxFirst = maxFirst;
        this.minLast = minLast;
        x = new float[size];
        weight = new float[size];
        sumX = new float[size + 1];
        sumW = new float[size + 1];
    }

    /** The scale with the smallest weighted error; {@link #isShifted} says for which levels. */
    float bestScale(float[] from, int at, float[] weights, int atWeight, CodeBook book) {
        sort(from, at, weights, atWeight);
        best = 0;
        bestScale = 0;
        bestShifted = false;
        float[] beyond = new float[4];
        for (int variant = 0; variant < 4; variant++) {
            choose(book, variant);
            sweep((variant & 2) == 0 ? 1 : -1);
            if (isWithinLimits) {
                keepIfBetter(variant);
            } else {
                beyond[variant] = score;
            }
        }
        for (int variant = 0; variant < 4; variant++) {
            if (beyond[variant] > best) {
                choose(book, variant);
                exhaust();
                keepIfBetter(variant);
            }
        }
        return bestScale;
    }

    boolean isShifted() {
        return bestShifted;
    }

    private void sort(float[] from, int at, float[] weights, int atWeight) {
        for (int i = 0; i < size; i++) {
            float v = from[at + i];
            int place = i;
            while (place > 0 && x[place - 1] > v) {
                x[place] = x[place - 1];
                weight[place] = weight[place - 1];
                place--;
            }
            x[place] = v;
            weight[place] = weights[atWeight + i];
        }
        for (int i = 0; i < size; i++) {
            sumX[i + 1] = Math.fma(weight[i], x[i], sumX[i]);
            sumW[i + 1] = sumW[i] + weight[i];
        }
    }

    /** Variants: plain or shifted levels, ascending for positive scales or descending for negative ones. */
    private void choose(CodeBook book, int variant) {
        float[] ascending = book.levels((variant & 1) != 0).value;
        for (int k = 0; k < 4; k++) {
            level[k] = ascending[(variant & 2) == 0 ? k : 3 - k];
        }
        score = 0;
        isWithinLimits = true;
    }

    private void keepIfBetter(int variant) {
        if (score > best) {
            best = score;
            bestScale = scale;
            bestShifted = (variant & 1) != 0;
        }
    }

    private void sweep(int sign) {
        int[] threshold = new int[3];
        float[] midpoint = new float[3];
        float[] next = new float[3];
        for (int k = 0; k < 3; k++) {
            midpoint[k] = sign * 0.5f * (level[k] + level[k + 1]);
            while (threshold[k] < size && (midpoint[k] > 0 ? x[threshold[k]] <= 0 : x[threshold[k]] < 0)) {
                threshold[k]++;
            }
            next[k] = nextScale(threshold[k], midpoint[k]);
        }
        consider(threshold[0], threshold[1], threshold[2]);
        while (true) {
            int k = next[0] < next[1] ? 0 : 1;
            k = next[2] < next[k] ? 2 : k;
            if (next[k] == Float.POSITIVE_INFINITY) {
                return;
            }
            threshold[k] += midpoint[k] > 0 ? 1 : -1;
            next[k] = nextScale(threshold[k], midpoint[k]);
            consider(threshold[0], threshold[1], threshold[2]);
        }
    }

    /** The scale at which a threshold steps over a value; infinite after the last value. */
    private float nextScale(int threshold, float midpoint) {
        int place = midpoint > 0 ? threshold : threshold - 1;
        return place >= 0 && place < size ? x[place] / midpoint : Float.POSITIVE_INFINITY;
    }

    private void exhaust() {
        for (int i = 0; i <= Math.min(maxFirst, size - 1); i++) {
            for (int j = i; j < size; j++) {
                for (int k = Math.max(j, minLast); k < size; k++) {
                    consider(i, j, k);
                }
            }
        }
    }

    /** Compares the partition in which value i is the first of the second level, j of the third and k of the last. */
    private void consider(int i, int j, int k) {
        float qx = (sumX[j] - sumX[i]) * level[1];
        qx = Math.fma(sumX[i], level[0], qx);
        qx = Math.fma(sumX[k] - sumX[j], level[2], qx);
        qx = Math.fma(sumX[size] - sumX[k], level[3], qx);
        float q2 = (sumW[j] - sumW[i]) * level[1] * level[1];
        q2 = Math.fma(sumW[i] * level[0], level[0], q2);
        q2 = Math.fma((sumW[k] - sumW[j]) * level[2], level[2], q2);
        q2 = Math.fma((sumW[size] - sumW[k]) * level[3], level[3], q2);
        if (q2 > 0 && qx * qx > score * q2) {
            scale = qx / q2;
            score = scale * qx;
            isWithinLimits = i <= maxFirst && k >= minLast && k < size;
        }
    }
}
