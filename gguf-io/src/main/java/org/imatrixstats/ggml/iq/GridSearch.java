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
    /** The signs of each eight values. */
    final int[] signs;
    /** The point of each group. */
    final int[] points;
    /** Whether the last sub-block had nothing to encode. */
    boolean empty;

    private final Neighbours neighbours;
    private final int dimension;
    private final int levels;
    private final int tries;
    private final float step;
    private final Refit refit;
    private final float[] odd;
    private final float[] roots;
    private final int[] tried;
    private final boolean[] onGrid;
    private final boolean[] triedOnGrid;
    /** For value i and each level: its error at the tried scale, what it adds to Σ w·x·q and to Σ w·q². */
    private final float[] errors;
    private final float[] addX;
    private final float[] add2;
    private float sumX;
    private float sum2;

    GridSearch(Neighbours neighbours, int count, int tries, float step, Refit refit) {
        this.neighbours = neighbours;
        this.dimension = neighbours.grid.dimension();
        this.levels = neighbours.grid.levels();
        this.tries = tries;
        this.step = step;
        this.refit = refit;
        x = new float[count];
        weights = new float[count];
        roots = new float[count];
        signs = new int[count / 8];
        points = new int[count / dimension];
        tried = new int[points.length];
        onGrid = new boolean[points.length];
        triedOnGrid = new boolean[points.length];
        errors = new float[Neighbours.STRIDE * levels];
        addX = new float[Neighbours.STRIDE * levels];
        add2 = new float[Neighbours.STRIDE * levels];
        odd = new float[levels];
        for (int level = 0; level < levels; level++) {
            odd[level] = 2 * level + 1;
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
        return fit(max, max / (2 * levels - 1), epsilon);
    }

    /**
     * As {@link #fit(float)}, from a given start.
     *
     * @param max   the magnitude that the highest level stands for, on average over the tries
     * @param scale the scale if no try is better than none
     */
    float fit(float max, float scale, float epsilon) {
        empty = max <= 0 || max < epsilon;
        Arrays.fill(points, 0);
        if (empty) {
            Arrays.fill(signs, 0);
            return 0;
        }
        prepare();
        Arrays.fill(onGrid, refit == Refit.OFF_GRID);
        int highest = 2 * levels - 1;
        float best = 0;
        for (int t = -tries; t <= tries; t++) {
            float inverse = (highest + t * step) / max;
            find(inverse, 1 / inverse, null, tried, triedOnGrid);
            sum(tried);
            if (sum2 > 0 && sumX * sumX > best * sum2) {
                scale = sumX / sum2;
                best = scale * sumX;
                System.arraycopy(tried, 0, points, 0, points.length);
                System.arraycopy(triedOnGrid, 0, onGrid, 0, points.length);
            }
        }
        if (scale > 0 && (refit == Refit.ALL || !all(onGrid))) {
            find(1 / scale, scale, refit == Refit.OFF_GRID ? onGrid : null, points, triedOnGrid);
            sum(points);
            if (sum2 > 0) {
                scale = sumX / sum2;
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

    private void prepare() {
        for (int i = 0; i < roots.length; i++) {
            roots[i] = (float) Math.sqrt(weights[i]);
        }
        for (int level = 0; level < levels; level++) {
            float q = odd[level];
            int row = Neighbours.STRIDE * level;
            for (int i = 0; i < weights.length; i++) {
                addX[row + i] = weights[i] * x[i] * q;
                add2[row + i] = weights[i] * q * q;
            }
        }
    }

    /** Finds the points of the groups, but of those that {@code keep} has. */
    private void find(float inverse, float scale, boolean[] keep, int[] found, boolean[] foundOnGrid) {
        Neighbours.errors(x, 0, roots, 0, roots.length, scale, odd, errors);
        for (int k = 0; k < found.length; k++) {
            if (keep == null || !keep[k]) {
                int code = code(dimension * k, inverse);
                int point = neighbours.points[code];
                foundOnGrid[k] = point >= 0;
                found[k] = point >= 0 ? point : neighbours.nearest(code, errors, dimension * k);
            }
        }
    }

    /** The code of values that are rounded to levels. */
    private int code(int at, float inverse) {
        int code = 0;
        if (dimension == 8) {
            for (int i = 7; i >= 0; i--) {
                code = code * 3 + Grid.level(inverse * x[at + i], 2);
            }
        } else {
            for (int i = 3; i >= 0; i--) {
                code = code * 8 + Grid.level(inverse * x[at + i], 7);
            }
        }
        return code;
    }

    private void sum(int[] points) {
        float qx = 0;
        float q2 = 0;
        short[] places = neighbours.places;
        if (dimension == 8) {
            for (int k = 0; k < points.length; k++) {
                for (int j = 0; j < 8; j++) {
                    int place = 8 * k + places[8 * points[k] + j];
                    qx += addX[place];
                    q2 += add2[place];
                }
            }
        } else {
            for (int k = 0; k < points.length; k++) {
                for (int j = 0; j < 4; j++) {
                    int place = 4 * k + places[4 * points[k] + j];
                    qx += addX[place];
                    q2 += add2[place];
                }
            }
        }
        sumX = qx;
        sum2 = q2;
    }

    private static boolean all(boolean[] flags) {
        for (boolean flag : flags) {
            if (!flag) {
                return false;
            }
        }
        return true;
    }
}
