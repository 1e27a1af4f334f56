package org.imatrixstats.ggml.iq;

import java.util.Arrays;

/**
 * Fits scale · (2·level + 1) to the magnitudes of a sub-block, with the levels of each group those of a grid point.
 * Several scales are tried. For each, the values are rounded, groups that miss the grid take the best neighbour, and
 * the tried scale gives way to the best scale for those points. Sums run in the order of the values.
 */
final class GridSearch {
    /** Which groups look for their point again once the best scale is known. */
    enum Refit {
        OFF_GRID, ALL_IF_ONE_IS_OFF_GRID, ALL
    }

    final float[] x;
    final float[] weights;
    final float[] roots;
    /** The signs of each eight values. */
    final int[] signs;
    /** The point of each group. */
    final int[] points;
    private final Neighbours neighbours;
    private final int tries;
    private final float step;
    private final Refit refit;
    private final float[] q;
    private final int[] tried;
    private final boolean[] onGrid;
    private final boolean[] triedOnGrid;
    private float sumqx;
    private float sumq2;

    GridSearch(Neighbours neighbours, int count, int tries, float step, Refit refit) {
        this.neighbours = neighbours;
        this.tries = tries;
        this.step = step;
        this.refit = refit;
        x = new float[count];
        weights = new float[count];
        roots = new float[count];
        signs = new int[count / 8];
        points = new int[count / neighbours.grid.dimension()];
        tried = new int[points.length];
        onGrid = new boolean[points.length];
        triedOnGrid = new boolean[points.length];
        q = new float[neighbours.grid.levels()];
        for (int level = 0; level < q.length; level++) {
            q[level] = 2 * level + 1;
        }
    }

    /** Splits the values into signs and magnitudes. */
    void split(float[] from, int at) {
        for (int k = 0; k < signs.length; k++) {
            signs[k] = Signs.split(from, at + 8 * k, x, 8 * k);
        }
    }

    void splitEven(float[] from, int at) {
        for (int k = 0; k < signs.length; k++) {
            signs[k] = Signs.splitEven(from, at + 8 * k, weights, x, 8 * k);
        }
    }

    /** Returns the scale; 0 without points and signs if no magnitude reaches {@code epsilon}. */
    float fit(float epsilon) {
        float max = x[0];
        for (int i = 1; i < x.length; i++) {
            max = max > x[i] ? max : x[i];
        }
        return fit(max, max / (2 * q.length - 1), epsilon);
    }

    /**
     * As {@link #fit(float)}, from a given start.
     *
     * @param max   the magnitude that the highest level stands for, on average over the tries
     * @param scale the scale if no try is better than none
     */
    float fit(float max, float scale, float epsilon) {
        if (max <= 0 || max < epsilon) {
            Arrays.fill(points, 0);
            Arrays.fill(signs, 0);
            return 0;
        }
        for (int i = 0; i < roots.length; i++) {
            roots[i] = (float) Math.sqrt(weights[i]);
        }
        int dimension = neighbours.grid.dimension();
        Arrays.fill(points, 0);
        Arrays.fill(onGrid, refit == Refit.OFF_GRID);
        int highest = 2 * q.length - 1;
        float best = 0;
        for (int t = -tries; t <= tries; t++) {
            float inverse = (highest + t * step) / max;
            float triedScale = 1 / inverse;
            for (int k = 0; k < points.length; k++) {
                int code = neighbours.code(x, dimension * k, inverse);
                int point = neighbours.points[code];
                triedOnGrid[k] = point >= 0;
                tried[k] = point >= 0 ? point : nearest(code, dimension * k, triedScale);
            }
            sum(tried);
            if (sumq2 > 0 && sumqx * sumqx > best * sumq2) {
                scale = sumqx / sumq2;
                best = scale * sumqx;
                System.arraycopy(tried, 0, points, 0, points.length);
                System.arraycopy(triedOnGrid, 0, onGrid, 0, points.length);
            }
        }
        boolean all = refit == Refit.ALL;
        boolean any = all;
        for (boolean on : onGrid) {
            any |= !on;
        }
        if (any && scale > 0) {
            float inverse = 1 / scale;
            for (int k = 0; k < points.length; k++) {
                if (refit != Refit.OFF_GRID || !onGrid[k]) {
                    int code = neighbours.code(x, dimension * k, inverse);
                    int point = neighbours.points[code];
                    points[k] = point >= 0 ? point : nearest(code, dimension * k, scale);
                }
            }
            sum(points);
            if (sumq2 > 0) {
                scale = sumqx / sumq2;
            }
        }
        if (scale < 0) {
            scale = -scale;
            for (int k = 0; k < signs.length; k++) {
                signs[k] ^= 0xff;
            }
        }
        if (!(scale >= 0)) {
            throw new ArithmeticException("values are too large");
        }
        return scale;
    }

    private int nearest(int code, int at, float scale) {
        return neighbours.nearest(code, x, at, roots, at, scale, q);
    }

    private void sum(int[] points) {
        int dimension = neighbours.grid.dimension();
        float qx = 0;
        float q2 = 0;
        for (int k = 0, i = 0; k < points.length; k++) {
            int p = points[k] * dimension;
            for (int j = 0; j < dimension; j++, i++) {
                float w = weights[i];
                float level = q[neighbours.grid.points()[p + j]];
                qx += w * x[i] * level;
                q2 += w * level * level;
            }
        }
        sumqx = qx;
        sumq2 = q2;
    }
}
