package org.imatrixstats.ggml.iq;

/**
 * For every combination of levels that is not a point of a grid, the points that are nearest to it. An encoder rounds a
 * group of values to levels and looks for the best point among these alone.
 */
final class Neighbours {
    final Grid grid;
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

    /** The code of values that are rounded to the levels 2·level + 1. */
    int code(float[] x, int at, float inverse) {
        int highest = grid.levels() - 1;
        int code = 0;
        for (int i = grid.dimension() - 1; i >= 0; i--) {
            code = code * grid.levels() + Grid.level(inverse * x[at + i], highest);
        }
        return code;
    }

    /** Of the neighbours of a code, the one with the least Σ w·(scale·q − x)²; the first of several. */
    int nearest(int code, float[] x, int xAt, float[] w, int wAt, float scale, float[] q) {
        int dimension = grid.dimension();
        int best = -1;
        float least = Float.MAX_VALUE;
        for (int n = starts[code]; n < starts[code + 1]; n++) {
            int point = neighbours[n];
            float sum = 0;
            for (int i = 0; i < dimension; i++) {
                float difference = scale * q[grid.points()[point * dimension + i]] - x[xAt + i];
                sum += w[wAt + i] * difference * difference;
            }
            if (sum < least) {
                least = sum;
                best = point;
            }
        }
        if (best < 0) {
            throw new ArithmeticException("values are too large");
        }
        return best;
    }
}
