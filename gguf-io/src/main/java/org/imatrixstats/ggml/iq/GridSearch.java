package org.imatrixstats.ggml.iq;

import java.util.Arrays;

/**
 * Searches for the scale d and the grid points that have the least error Σ w·(x − d·q)² for the values of a sub-block.
 * A point stands for q = 2·level + 1 in each dimension. The search tries several scales. For each it rounds the values
 * to levels, takes the best neighbour where they are not a point, and computes the best d for these points.
 *
 * <p>The results are those of ggml to the last bit: sums run in the order of the values, every product is rounded by
 * itself.
 */
final class GridSearch {
    /** Which groups look for their point again when the best scale is known. */
    enum Refit {
        OFF_GRID, ALL_IF_ONE_IS_OFF_GRID, ALL
    }

    /** Magnitudes of the values. One in eight may be negative after {@link #splitEven}. */
    final float[] x;
    final float[] weights;
    /** The signs of each eight values, see {@link Signs}. */
    final int[] signs;
    /** The point of each group. */
    final int[] points;
    /** Whether the sub-block has nothing to encode. */
    boolean empty;

    private final Neighbours neighbours;
    private final NearestPoint nearest;
    private final int dimension;
    private final int levels;
    private final int tries;
    private final float step;
    private final Refit refit;
    private final float[] q;
    /** The square roots of the weights. They are the weights where neighbours are compared. */
    private final float[] roots;
    private final int[] tried;
    private final boolean[] onGrid;
    private final boolean[] triedOnGrid;
    /** What value i adds to Σ w·x·q and Σ w·q² at each level. {@link Neighbours#places} has the index. */
    private final float[] addX;
    private final float[] add2;
    private float sumX;
    private float sum2;

    /**
     * @param count values of a sub-block
     * @param tries tries on each side of the scale that maps the largest value to the highest level
     * @param step  by how much the largest value moves from try to try, in units of q
     */
    GridSearch(Neighbours neighbours, int count, int tries, float step, Refit refit) {
        this.neighbours = neighbours;
        this.nearest = new NearestPoint(neighbours);
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
        addX = new float[Neighbours.STRIDE * levels];
        add2 = new float[Neighbours.STRIDE * levels];
        q = new float[levels];
        for (int level = 0; level < levels; level++) {
            q[level] = 2 * level + 1;
        }
    }

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

    /** Returns d. Magnitudes below {@code epsilon} count as zeros: if all are, d and points and signs are 0. */
    float fit(float epsilon) {
        float max = x[0];
        for (int i = 1; i < x.length; i++) {
            max = max > x[i] ? max : x[i];
        }
        return fit(max, max / (2 * levels - 1), epsilon);
    }

    /**
     * As {@link #fit(float)} with a given start.
     *
     * @param max   the value that is mapped to the highest level
     * @param scale d if all tries fail, because weights are zero
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
            if (find(inverse, 1 / inverse, null, tried, triedOnGrid) || t == -tries) {
                sum(tried);
            }
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
        return scale;
    }

    private void prepare() {
        for (int i = 0; i < roots.length; i++) {
            roots[i] = (float) Math.sqrt(weights[i]);
        }
        for (int level = 0; level < levels; level++) {
            int row = Neighbours.STRIDE * level;
            for (int i = 0; i < weights.length; i++) {
                addX[row + i] = weights[i] * x[i] * q[level];
                add2[row + i] = weights[i] * q[level] * q[level];
            }
        }
    }

    /** Finds the points of the groups except those to keep. Returns whether a point changed. */
    private boolean find(float inverse, float scale, boolean[] keep, int[] found, boolean[] foundOnGrid) {
        boolean changed = false;
        nearest.set(x, 0, roots, 0, roots.length, scale, q);
        for (int k = 0; k < found.length; k++) {
            if (keep == null || !keep[k]) {
                int code = code(dimension * k, inverse);
                int point = neighbours.points[code];
                foundOnGrid[k] = point >= 0;
                if (point < 0) {
                    point = nearest.find(code, dimension * k);
                }
                changed |= found[k] != point;
                found[k] = point;
            }
        }
        return changed;
    }

    /** The code of values that are rounded to levels. */
    private int code(int at, float inverse) {
        int code = 0;
        for (int i = dimension - 1; i >= 0; i--) {
            code = code * levels + Grid.level(inverse * x[at + i], levels - 1);
        }
        return code;
    }

    private void sum(int[] points) {
        float qx = 0;
        float q2 = 0;
        for (int k = 0; k < points.length; k++) {
            for (int i = 0; i < dimension; i++) {
                int place = dimension * k + neighbours.places[dimension * points[k] + i];
                qx += addX[place];
                q2 += add2[place];
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
