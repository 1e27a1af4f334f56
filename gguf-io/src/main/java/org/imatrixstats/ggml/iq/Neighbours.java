package org.imatrixstats.ggml.iq;

/**
 * For every combination of levels that is not a point of a grid, the points that are nearest to it. An encoder rounds a
 * group of values to levels and looks for the best point among these alone.
 */
final class Neighbours {
    static final int STRIDE = 32;
    final Grid grid;
    /** Where the level of point p in dimension i is in a table of errors. */
    final short[] places;
    /** The point with the levels of a code, or -1. */
    final short[] points;
    /** The neighbours of a code are those from here to the start of the next, the nearest first, then by index. */
    private final int[] starts;
    private final short[] neighbours;

    /** @param distances how many different distances the neighbours have */
    Neighbours(Grid grid, int distances) {
        this.grid = grid;
        int codes = power(grid.levels(), grid.dimension());
        points = new short[codes];
        java.util.Arrays.fill(points, (short) -1);
        for (int point = 0; point < grid.size(); point++) {
            points[grid.code(point)] = (short) point;
        }
        places = new short[grid.points().length];
        for (int i = 0; i < places.length; i++) {
            places[i] = (short) (STRIDE * grid.points()[i] + i % grid.dimension());
        }
        starts = new int[codes + 1];
        neighbours = find(distances);
    }

    private short[] find(int distances) {
        // Squared distances of half a point from half a point.
        int halves = power(grid.levels(), grid.dimension() / 2);
        int[] squares = squares(halves);
        int[] low = new int[grid.size()];
        int[] high = new int[grid.size()];
        for (int point = 0; point < grid.size(); point++) {
            low[point] = grid.code(point) % halves;
            high[point] = grid.code(point) / halves;
        }
        short[] found = new short[1 << 16];
        int count = 0;
        int[] square = new int[grid.size()];
        boolean[] present = new boolean[grid.dimension() * (grid.levels() - 1) * (grid.levels() - 1) + 1];
        for (int code = 0; code < points.length; code++) {
            starts[code] = count;
            if (points[code] >= 0) {
                continue;
            }
            java.util.Arrays.fill(present, false);
            int lowRow = code % halves * halves;
            int highRow = code / halves * halves;
            for (int point = 0; point < grid.size(); point++) {
                int d = squares[lowRow + low[point]] + squares[highRow + high[point]];
                square[point] = d;
                present[d] = true;
            }
            if (count + grid.size() > found.length) {
                found = java.util.Arrays.copyOf(found, 2 * found.length);
            }
            int wanted = distances;
            for (int d = 0; d < present.length && wanted > 0; d++) {
                if (present[d]) {
                    wanted--;
                    for (int point = 0; point < grid.size(); point++) {
                        if (square[point] == d) {
                            found[count++] = (short) point;
                        }
                    }
                }
            }
        }
        starts[points.length] = count;
        return java.util.Arrays.copyOf(found, count);
    }

    private int[] squares(int halves) {
        int[] squares = new int[halves * halves];
        for (int a = 0; a < halves; a++) {
            for (int b = 0; b < halves; b++) {
                int sum = 0;
                for (int i = 0, x = a, y = b; i < grid.dimension() / 2; i++, x /= grid.levels(), y /= grid.levels()) {
                    int difference = x % grid.levels() - y % grid.levels();
                    sum += difference * difference;
                }
                squares[a * halves + b] = sum;
            }
        }
        return squares;
    }

    private static int power(int base, int exponent) {
        int power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= base;
        }
        return power;
    }

    /**
     * The errors w·(scale·q − x)² of values, at {@code STRIDE * level + i} for value i and each level.
     *
     * @param q what the levels stand for
     */
    static void errors(float[] x, int xAt, float[] w, int wAt, int count, float scale, float[] q, float[] errors) {
        for (int level = 0; level < q.length; level++) {
            float value = scale * q[level];
            int row = STRIDE * level;
            for (int i = 0; i < count; i++) {
                float difference = value - x[xAt + i];
                errors[row + i] = w[wAt + i] * difference * difference;
            }
        }
    }

    /** Of the neighbours of a code, the one with the least sum of errors; the first of several. */
    int nearest(int code, float[] errors, int at) {
        int best = -1;
        float least = Float.MAX_VALUE;
        int end = starts[code + 1];
        if (grid.dimension() == 8) {
            for (int n = starts[code]; n < end; n++) {
                int point = neighbours[n];
                int p = 8 * point;
                float sum = errors[at + places[p]] + errors[at + places[p + 1]] + errors[at + places[p + 2]]
                        + errors[at + places[p + 3]] + errors[at + places[p + 4]] + errors[at + places[p + 5]]
                        + errors[at + places[p + 6]] + errors[at + places[p + 7]];
                if (sum < least) {
                    least = sum;
                    best = point;
                }
            }
        } else {
            for (int n = starts[code]; n < end; n++) {
                int point = neighbours[n];
                int p = 4 * point;
                float sum = errors[at + places[p]] + errors[at + places[p + 1]] + errors[at + places[p + 2]]
                        + errors[at + places[p + 3]];
                if (sum < least) {
                    least = sum;
                    best = point;
                }
            }
        }
        if (best < 0) {
            throw new ArithmeticException("values are too large");
        }
        return best;
    }
}
