package org.imatrixstats.ggml.trellis;

import java.util.Arrays;

/** The search that the trellis types share: the codes and the scale of each block of 32 values of a row. */
final class TrellisRow {
    static final int BLOCK = 32;
    static final float NOTHING = 1e-16f;
    private static final int SUPER_BLOCK = 256;

    /** The scale of each block. */
    final float[] scale;
    /** The code of each group. */
    final int[] code;
    private final float[] x;
    private final int at;
    private final float[] weight;
    /** Sums of weight·x·q and of weight·q² of each block, q without the scale. */
    private final float[] blockQx;
    private final float[] blockQ2;
    private final int groups;
    private final int[] trial;
    private final float[] product = new float[8];
    private final float[] square = new float[8];
    private final float[] scaled;
    private float[] score;
    private float trialScale;
    private float trialQx;
    private float trialQ2;
    private float best;
    private float sumQx;
    private float sumQ2;

    /**
     * @param x       holds the row from {@code at} on
     * @param weights E[x²] of each column, or null
     * @param group   values of one code
     */
    TrellisRow(float[] x, int at, int columns, float[] weights, int group) {
        this.x = x;
        this.at = at;
        groups = BLOCK / group;
        scale = new float[columns / BLOCK];
        code = new int[columns / group];
        trial = new int[groups];
        scaled = new float[group];
        score = new float[0];
        blockQx = new float[scale.length];
        blockQ2 = new float[scale.length];
        weight = new float[columns];
        for (int start = 0; start < columns; start += SUPER_BLOCK) {
            setWeights(start, weights);
        }
    }

    /**
     * As for the types with code books, but twice the mean square, and other constants where all is as good as zero.
     */
    private void setWeights(int start, float[] weights) {
        float sum = 0;
        for (int i = start; i < start + SUPER_BLOCK; i++) {
            sum += x[at + i] * x[at + i];
        }
        if (sum < 1e-14f * SUPER_BLOCK) {
            Arrays.fill(weight, start, start + SUPER_BLOCK, 1e-4f);
            return;
        }
        float sigma2 = 2 * sum / SUPER_BLOCK;
        for (int block = start; block < start + SUPER_BLOCK; block += BLOCK) {
            float wx = 0;
            float w2 = 0;
            float x2 = 0;
            for (int i = block; i < block + BLOCK; i++) {
                float v = x[at + i];
                weight[i] = weights == null
                        ? 0.25f * sigma2 + v * v
                        : weights[i] * (float) Math.sqrt(Math.fma(v, v, sigma2));
                wx += weight[i] * Math.abs(v);
                w2 += weight[i] * weight[i];
                x2 += v * v;
            }
            if (weights != null && (x2 < 1e-14f || w2 < 1e-14f || wx < 1e-14f)) {
                Arrays.fill(weight, block, block + BLOCK, 1e-4f);
            }
        }
    }

    int blocks() {
        return scale.length;
    }

    /** The largest magnitude in a block. */
    float largest(int block) {
        float max = 0;
        for (int i = at + block * BLOCK; i < at + (block + 1) * BLOCK; i++) {
            max = Math.max(max, Math.abs(x[i]));
        }
        return max;
    }

    float largest() {
        float max = 0;
        for (int b = 0; b < scale.length; b++) {
            max = Math.max(max, largest(b));
        }
        return max;
    }

    float extremeScale() {
        float max = 0;
        for (float s : scale) {
            max = Math.abs(s) > Math.abs(max) ? s : max;
        }
        return max;
    }

    /** Begins the trials of a block. */
    void startBlock() {
        best = 0;
    }

    /** Keeps the codes nearest for this scale, and the scale that is best for these codes, if the error is less. */
    boolean tryScale(int block, float d, Codes codes) {
        return tryScale(block, d, codes, true);
    }

    /** @param raisesBar whether later trials have to be better than this one, not only than those before */
    boolean tryScale(int block, float d, Codes codes, boolean raisesBar) {
        match(block, d, codes);
        float gain = fit(block, codes);
        if (!(gain > best)) {
            return false;
        }
        best = raisesBar ? gain : best;
        scale[block] = trialScale;
        blockQx[block] = trialQx;
        blockQ2[block] = trialQ2;
        System.arraycopy(trial, 0, code, block * groups, groups);
        return true;
    }

    /** How much less the weighted square of the error is than that of the values. */
    private float fit(int block, Codes codes) {
        // Eight sums in turn and then their sum: the order of ik_llama.cpp.
        Arrays.fill(product, 0);
        Arrays.fill(square, 0);
        for (int i = 0; i < BLOCK; i++) {
            float q = codes.value(trial[i / codes.group()], i % codes.group());
            float qw = q * weight[block * BLOCK + i];
            product[i % 8] = Math.fma(qw, x[at + block * BLOCK + i], product[i % 8]);
            square[i % 8] = Math.fma(qw, q, square[i % 8]);
        }
        trialQx = sum(product);
        trialQ2 = sum(square);
        trialScale = trialQ2 > 0 ? trialQx / trialQ2 : 0;
        return trialQ2 > 0 ? trialQx * trialQx / trialQ2 : 0;
    }

    private static float sum(float[] v) {
        return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
    }

    private void match(int block, float d, Codes codes) {
        if (d == 0) {
            Arrays.fill(trial, 0);
            return;
        }
        if (score.length < codes.longest()) {
            score = new float[codes.longest()];
        }
        float inverse = 1 / d;
        int group = codes.group();
        for (int g = 0; g < groups; g++) {
            int first = block * BLOCK + g * group;
            for (int k = 0; k < group; k++) {
                scaled[k] = inverse * x[at + first + k];
            }
            trial[g] = codes.nearest(scaled, weight, first, score);
        }
    }

    /** Finds codes for the scale that a block will have. Those that it has stay if they are better and may be kept. */
    void rematch(int block, float d, Codes codes, boolean mayKeep) {
        match(block, d, codes);
        int first = block * groups;
        if (!mayKeep || error(block, d, codes, trial, 0) <= error(block, d, codes, code, first)) {
            System.arraycopy(trial, 0, code, first, groups);
        }
        System.arraycopy(code, first, trial, 0, groups);
        fit(block, codes);
        blockQx[block] = trialQx;
        blockQ2[block] = trialQ2;
    }

    private float error(int block, float d, Codes codes, int[] code, int first) {
        float error = 0;
        for (int i = 0; i < BLOCK; i++) {
            float q = codes.value(code[first + i / codes.group()], i % codes.group());
            float difference = Math.fma(-d, q, x[at + block * BLOCK + i]);
            error = Math.fma(weight[block * BLOCK + i] * difference, difference, error);
        }
        return error;
    }

    /** Begins the sums for the scale of the row. */
    void startFit() {
        sumQx = 0;
        sumQ2 = 0;
    }

    /** Adds a block whose scale will be {@code multiple} times the row's. */
    void addToFit(int block, float multiple) {
        sumQx += multiple * blockQx[block];
        sumQ2 += multiple * multiple * blockQ2[block];
    }

    /** The scale of the row for which the added blocks are best. */
    float fitted(float otherwise) {
        return sumQ2 > 0 ? sumQx / sumQ2 : otherwise;
    }

    /** How much less the error of the added blocks is for that scale. */
    float gain() {
        return sumQ2 > 0 ? sumQx * sumQx / sumQ2 : 0;
    }
}
