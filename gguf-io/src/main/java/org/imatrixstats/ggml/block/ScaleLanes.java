package org.imatrixstats.ggml.block;

import java.util.Arrays;

/** {@link ScaleSearch#symmetric} for many groups of values at once, with the same results to the last bit. */
public final class ScaleLanes implements GroupSearch {
    /** See {@link Rounding#nearest}: adding and subtracting it rounds as well, and keeps floats. */
    private static final float ROUND = 12582912f;

    private final int limit;
    private final int size;
    private final float[][] x;
    private final float[][] weights;
    private final float[] max;
    private final float[] low;
    private final float[] inverse;
    private final float[] sumLx;
    private final float[] sumL2;
    private final float[] best;
    private final float[] bestInverse;
    private final float[] scales;
    private float[] source;
    private int sourceAt;

    /**
     * @param limit  levels are −limit … limit − 1, stored as 0 … 2·limit − 1
     * @param size   values per group
     * @param groups the largest number of groups at a time
     */
    public ScaleLanes(int limit, int size, int groups) {
        this.limit = limit;
        this.size = size;
        x = new float[size][groups];
        weights = new float[size][groups];
        max = new float[groups];
        low = new float[groups];
        inverse = new float[groups];
        sumLx = new float[groups];
        sumL2 = new float[groups];
        best = new float[groups];
        bestInverse = new float[groups];
        scales = new float[groups];
    }

    /** {@code w} may be null: then the weights are x². */
    @Override
    public void search(float[] from, int at, float[] w, int groups) {
        source = from;
        sourceAt = at;
        for (int i = 0; i < size; i++) {
            Lanes.gather(from, at + i, size, groups, x[i]);
            if (w == null) {
                square(x[i], groups, weights[i]);
            } else {
                Lanes.gather(w, i, size, groups, weights[i]);
            }
        }
        findLargest(groups);
        for (int g = 0; g < groups; g++) {
            inverse[g] = -limit / max[g];
        }
        sum(groups);
        for (int g = 0; g < groups; g++) {
            scales[g] = sumL2[g] != 0 ? sumLx[g] / sumL2[g] : 0;
            best[g] = scales[g] * sumLx[g];
            bestInverse[g] = inverse[g];
        }
        for (int step = -9; step <= 9; step++) {
            if (step != 0) {
                invert(-(limit + 0.1f * step), groups);
                sum(groups);
                keepBetter(groups);
            }
        }
        searchOthers(groups);
    }

    @Override
    public float scale(int group) {
        return scales[group];
    }

    @Override
    public float offset(int group) {
        return 0;
    }

    @Override
    public void levels(int group, byte[] into, int at) {
        if (Float.isNaN(max[group])) {
            ScaleSearch.symmetric(limit, source, sourceAt + group * size, size, column(group), 0, into, at);
        } else if (Math.abs(max[group]) < ScaleSearch.EPSILON) {
            Arrays.fill(into, at, at + size, (byte) 0);
        } else {
            for (int i = 0; i < size; i++) {
                int l = Rounding.nearest(bestInverse[group] * source[sourceAt + group * size + i]);
                into[at + i] = (byte) (limit + Math.max(-limit, Math.min(limit - 1, l)));
            }
        }
    }

    /** The value of largest magnitude of each group, the first of several; NaN if a value is not finite. */
    private void findLargest(int groups) {
        Arrays.fill(max, 0, groups, Float.NEGATIVE_INFINITY);
        Arrays.fill(low, 0, groups, Float.POSITIVE_INFINITY);
        for (int i = 0; i < size; i++) {
            Lanes.extremes(x[i], low, max, groups);
        }
        for (int g = 0; g < groups; g++) {
            float high = max[g];
            if (!(high - low[g] <= Float.MAX_VALUE)) {
                max[g] = Float.isFinite(high) && Float.isFinite(low[g]) ? largest(g) : Float.NaN;
            } else if (-low[g] > high) {
                max[g] = low[g];
            } else if (-low[g] == high) {
                max[g] = largest(g);
            }
        }
    }

    private float largest(int group) {
        float largest = 0;
        for (int i = 0; i < size; i++) {
            float value = source[sourceAt + group * size + i];
            largest = Math.abs(value) > Math.abs(largest) ? value : largest;
        }
        return largest;
    }

    private void invert(float numerator, int groups) {
        float[] max = this.max;
        float[] inverse = this.inverse;
        for (int g = 0; g < groups; g++) {
            inverse[g] = numerator / max[g];
        }
    }

    private void sum(int groups) {
        Arrays.fill(sumLx, 0, groups, 0);
        Arrays.fill(sumL2, 0, groups, 0);
        for (int i = 0; i < size; i++) {
            add(x[i], weights[i], inverse, -limit, limit - 1, sumLx, sumL2, groups);
        }
    }

    private static void add(float[] x, float[] weights, float[] inverse, float lowest, float highest, float[] sumLx,
            float[] sumL2, int groups) {
        for (int g = 0; g < groups; g++) {
            float l = Math.max(lowest, Math.min(highest, inverse[g] * x[g] + ROUND - ROUND));
            sumLx[g] += weights[g] * x[g] * l;
            sumL2[g] += weights[g] * l * l;
        }
    }

    private void keepBetter(int groups) {
        for (int g = 0; g < groups; g++) {
            float lx = sumLx[g];
            float l2 = sumL2[g];
            if (l2 > 0 && lx * lx > best[g] * l2) {
                scales[g] = lx / l2;
                best[g] = scales[g] * lx;
                bestInverse[g] = inverse[g];
            }
        }
    }

    /** Groups of zeros, and those with values that are not finite, which the loops above do not round as C does. */
    private void searchOthers(int groups) {
        for (int g = 0; g < groups; g++) {
            if (Math.abs(max[g]) < ScaleSearch.EPSILON) {
                scales[g] = 0;
            } else if (Float.isNaN(max[g])) {
                scales[g] = ScaleSearch.symmetric(limit, source, sourceAt + g * size, size, column(g), 0,
                        new byte[size], 0);
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

    private static void square(float[] x, int groups, float[] into) {
        for (int g = 0; g < groups; g++) {
            into[g] = x[g] * x[g];
        }
    }
}
