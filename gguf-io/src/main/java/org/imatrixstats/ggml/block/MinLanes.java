package org.imatrixstats.ggml.block;

import java.util.Arrays;

/** {@link MinSearch} for many groups of values at once, with the same results to the last bit. */
public final class MinLanes implements GroupSearch {
    /** See {@link Rounding#nearest}: adding and subtracting it rounds as well, and keeps floats. */
    private static final float ROUND = 12582912f;
    /** Below this range of values their inverse scale may be infinite. */
    private static final float LEAST_RANGE = 1e-36f;

    private final MinSearch search;
    private final int size;
    private final float[][] x;
    private final float[][] weights;
    private final float[][] levels;
    private final float[] low;
    private final float[] high;
    private final float[] sumW;
    private final float[] sumX;
    /** The inverse scale that is tried, and the offset: it is the best so far. */
    private final float[] inverse;
    private final float[] min;
    private final float[] sumL;
    private final float[] sumL2;
    private final float[] sumXl;
    private final float[] triedScale;
    private final float[] triedMin;
    private final float[] error;
    private final float[] best;
    /** What gave the best levels. */
    private final float[] bestInverse;
    private final float[] bestMin;
    /** Groups that {@link MinSearch} has to do by itself. */
    private final boolean[] other;
    private final float[] scales;
    private final float[] mins;
    private float[] source;
    private int sourceAt;

    /**
     * @param size   values per group
     * @param groups the largest number of groups at a time
     */
    public MinLanes(MinSearch search, int size, int groups) {
        this.search = search;
        this.size = size;
        x = new float[size][groups];
        weights = new float[size][groups];
        levels = new float[size][groups];
        low = new float[groups];
        high = new float[groups];
        sumW = new float[groups];
        sumX = new float[groups];
        inverse = new float[groups];
        min = new float[groups];
        sumL = new float[groups];
        sumL2 = new float[groups];
        sumXl = new float[groups];
        triedScale = new float[groups];
        triedMin = new float[groups];
        error = new float[groups];
        best = new float[groups];
        bestInverse = new float[groups];
        bestMin = new float[groups];
        other = new boolean[groups];
        scales = new float[groups];
        mins = new float[groups];
    }

    @Override
    public void search(float[] from, int at, float[] w, int groups) {
        source = from;
        sourceAt = at;
        load(w, groups);
        for (int g = 0; g < groups; g++) {
            min[g] = low[g] < 0 ? low[g] : low[g] > 0 ? 0 : firstZero(g);
            float range = high[g] - min[g];
            // Also groups of one value, of zeros, and those with NaN or infinities.
            other[g] = !(range > LEAST_RANGE && range <= Float.MAX_VALUE);
            inverse[g] = search.limit() / range;
            scales[g] = 1 / inverse[g];
            bestInverse[g] = inverse[g];
            bestMin[g] = min[g];
        }
        sumLevels(groups);
        sumErrors(scales, min, groups);
        System.arraycopy(error, 0, best, 0, groups);
        for (int s = 0; s <= search.steps(); s++) {
            invert(search.first() + search.step() * s + search.limit(), groups);
            sumLevels(groups);
            solve(groups);
            sumErrors(triedScale, triedMin, groups);
            keepBetter(groups);
        }
        for (int g = 0; g < groups; g++) {
            if (other[g]) {
                scales[g] = search.search(from, at + g * size, size, column(g), new byte[size], 0, mins, g,
                        new byte[size]);
            } else {
                mins[g] = -min[g];
            }
        }
    }

    @Override
    public float scale(int group) {
        return scales[group];
    }

    @Override
    public float offset(int group) {
        return -mins[group];
    }

    @Override
    public void levels(int group, byte[] into, int at) {
        int start = sourceAt + group * size;
        if (other[group]) {
            search.search(source, start, size, column(group), into, at, new float[1], 0, new byte[size]);
            return;
        }
        for (int i = 0; i < size; i++) {
            int l = Rounding.nearest(bestInverse[group] * (source[start + i] - bestMin[group]));
            into[at + i] = (byte) Math.max(0, Math.min(search.limit(), l));
        }
    }

    private void load(float[] w, int groups) {
        Arrays.fill(low, 0, groups, Float.POSITIVE_INFINITY);
        Arrays.fill(high, 0, groups, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < size; i++) {
            Lanes.gather(source, sourceAt + i, size, groups, x[i]);
            Lanes.gather(w, i, size, groups, weights[i]);
            Lanes.extremes(x[i], low, high, groups);
            if (i == 0) {
                // The first sum is the first value: 0 + -0 would be another.
                for (int g = 0; g < groups; g++) {
                    sumW[g] = weights[0][g];
                    sumX[g] = weights[0][g] * x[0][g];
                }
            } else {
                sumWeights(x[i], weights[i], sumW, sumX, groups);
            }
        }
    }

    /** The sign of a zero offset is stored: it is that of the first zero. */
    private float firstZero(int group) {
        int start = sourceAt + group * size;
        for (int i = 0; i < size; i++) {
            if (source[start + i] == 0) {
                return source[start + i];
            }
        }
        return Float.NaN;
    }

    private static void sumWeights(float[] x, float[] weights, float[] sumW, float[] sumX, int groups) {
        for (int g = 0; g < groups; g++) {
            sumW[g] += weights[g];
            sumX[g] += weights[g] * x[g];
        }
    }

    private void invert(float numerator, int groups) {
        float[] inverse = this.inverse;
        float[] high = this.high;
        float[] min = this.min;
        for (int g = 0; g < groups; g++) {
            inverse[g] = numerator / (high[g] - min[g]);
        }
    }

    private void sumLevels(int groups) {
        Arrays.fill(sumL, 0, groups, 0);
        Arrays.fill(sumL2, 0, groups, 0);
        Arrays.fill(sumXl, 0, groups, 0);
        for (int i = 0; i < size; i++) {
            addLevels(x[i], weights[i], inverse, min, search.limit(), levels[i], sumL, sumL2, sumXl, groups);
        }
    }

    private static void addLevels(float[] x, float[] weights, float[] inverse, float[] min, float limit, float[] levels,
            float[] sumL, float[] sumL2, float[] sumXl, int groups) {
        for (int g = 0; g < groups; g++) {
            float l = Math.max(0, Math.min(limit, inverse[g] * (x[g] - min[g]) + ROUND - ROUND));
            levels[g] = l;
            float wl = weights[g] * l;
            sumL[g] += wl;
            sumL2[g] += wl * l;
            sumXl[g] += wl * x[g];
        }
    }

    /** The scale and offset with the least squared error for the levels; NaN if there are none. */
    private void solve(int groups) {
        for (int g = 0; g < groups; g++) {
            float determinant = sumW[g] * sumL2[g] - sumL[g] * sumL[g];
            float scale = (sumW[g] * sumXl[g] - sumX[g] * sumL[g]) / determinant;
            float offset = (sumL2[g] * sumX[g] - sumL[g] * sumXl[g]) / determinant;
            if (offset > 0) {
                offset = 0;
                scale = sumXl[g] / sumL2[g];
            }
            triedScale[g] = determinant > 0 ? scale : Float.NaN;
            triedMin[g] = offset;
        }
    }

    private void sumErrors(float[] scale, float[] offset, int groups) {
        Arrays.fill(error, 0, groups, 0);
        for (int i = 0; i < size; i++) {
            if (search.absolute()) {
                addAbsoluteErrors(x[i], weights[i], levels[i], scale, offset, error, groups);
            } else {
                addSquaredErrors(x[i], weights[i], levels[i], scale, offset, error, groups);
            }
        }
    }

    private static void addSquaredErrors(float[] x, float[] weights, float[] levels, float[] scale, float[] offset,
            float[] error, int groups) {
        for (int g = 0; g < groups; g++) {
            float difference = scale[g] * levels[g] + offset[g] - x[g];
            error[g] += weights[g] * (difference * difference);
        }
    }

    private static void addAbsoluteErrors(float[] x, float[] weights, float[] levels, float[] scale, float[] offset,
            float[] error, int groups) {
        for (int g = 0; g < groups; g++) {
            float difference = scale[g] * levels[g] + offset[g] - x[g];
            error[g] += weights[g] * Math.abs(difference);
        }
    }

    private void keepBetter(int groups) {
        for (int g = 0; g < groups; g++) {
            if (error[g] < best[g]) {
                best[g] = error[g];
                scales[g] = triedScale[g];
                bestInverse[g] = inverse[g];
                bestMin[g] = min[g];
                min[g] = triedMin[g];
                float range = high[g] - min[g];
                // Levels so far out that adding ROUND does not round them as Rounding.nearest does.
                other[g] |= !(range > LEAST_RANGE && range <= Float.MAX_VALUE && low[g] - min[g] > -1000 * range);
            }
        }
    }

    private float[] column(int group) {
        float[] column = new float[size];
        for (int i = 0; i < size; i++) {
            column[i] = weights[i][group];
        }
        return column;
    }
}
