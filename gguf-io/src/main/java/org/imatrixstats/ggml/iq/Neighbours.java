package org.imatrixstats.ggml.iq;

import java.util.Arrays;

/**
 * For every combination of levels that is not a point of a grid, the points that are nearest to it. An encoder rounds
 * the values of a group to levels and looks for the best point among these alone.
 */
final class Neighbours {
    /** Values that a table of errors has room for. */
    static final int STRIDE = 32;

    final Grid grid;
    /** The point with the levels of a code, or -1. */
    final short[] points;
    /** Where a table of errors has the level of point p in dimension i, at {@code p * dimension + i}. */
    final short[] places;
    /** The neighbours of a code are those from here to the start of the next code, the nearest first, then by index. */
    private final int[] starts;
    private final short[] neighbours;

    /** @param distances how many different distances the neighbours of a code have */
    Neighbours(Grid grid, int distances) {
        this.grid = grid;
        Finder finder = new Finder(grid, distances);
        points = new short[finder.codes];
        Arrays.fill(points, (short) -1);
        for (int point = 0; point < grid.size(); point++) {
            points[grid.code(point)] = (short) point;
        }
        places = new short[grid.points().length];
        for (int i = 0; i < places.length; i++) {
            places[i] = (short) (STRIDE * grid.points()[i] + i % grid.dimension());
        }
        starts = new int[finder.codes + 1];
        for (int code = 0; code < finder.codes; code++) {
            if (points[code] < 0) {
                finder.find(code);
            }
            starts[code + 1] = finder.count;
        }
        neighbours = Arrays.copyOf(finder.found, finder.count);
    }

    /**
     * Fills a table with the errors w·(scale·q − x)²: that of value i with a level at {@code STRIDE * level + i}.
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

    /** Of the neighbours of a code, the one with the least sum of errors, added in order; the first of several. */
    int nearest(int code, float[] errors, int at) {
        int best = -1;
        float least = Float.MAX_VALUE;
        for (int n = starts[code]; n < starts[code + 1]; n++) {
            int point = neighbours[n];
            float sum = grid.dimension() == 8 ? sum8(8 * point, errors, at) : sum4(4 * point, errors, at);
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

    private float sum8(int p, float[] errors, int at) {
        return errors[at + places[p]] + errors[at + places[p + 1]] + errors[at + places[p + 2]]
                + errors[at + places[p + 3]] + errors[at + places[p + 4]] + errors[at + places[p + 5]]
                + errors[at + places[p + 6]] + errors[at + places[p + 7]];
    }

    private float sum4(int p, float[] errors, int at) {
        return errors[at + places[p]] + errors[at + places[p + 1]] + errors[at + places[p + 2]]
                + errors[at + places[p + 3]];
    }

    /** Finds the neighbours of one code after the other. Its methods are small, so that they are compiled early. */
    private static final class Finder {
        final int codes;
        short[] found = new short[1 << 16];
        int count;
        private final int distances;
        /** How many codes half a point has, and the squared distance of each from each. */
        private final int halves;
        private final byte[] squares;
        /** The codes of the halves of each point. */
        private final short[] low;
        private final short[] high;
        private final byte[] square;
        private final boolean[] present = new boolean[256];

        Finder(Grid grid, int distances) {
            this.distances = distances;
            halves = power(grid.levels(), grid.dimension() / 2);
            codes = halves * halves;
            squares = new byte[halves * halves];
            for (int i = 0; i < squares.length; i++) {
                squares[i] = (byte) square(i / halves, i % halves, grid.levels());
            }
            low = new short[grid.size()];
            high = new short[grid.size()];
            for (int point = 0; point < low.length; point++) {
                low[point] = (short) (grid.code(point) % halves);
                high[point] = (short) (grid.code(point) / halves);
            }
            square = new byte[grid.size()];
        }

        private static int power(int base, int exponent) {
            return exponent == 0 ? 1 : base * power(base, exponent - 1);
        }

        /** The squared distance of the points with these codes. */
        private static int square(int a, int b, int levels) {
            int difference = a % levels - b % levels;
            return difference * difference + (a + b > 0 ? square(a / levels, b / levels, levels) : 0);
        }

        void find(int code) {
            Arrays.fill(present, false);
            measure(code % halves * halves, code / halves * halves);
            if (count + square.length > found.length) {
                found = Arrays.copyOf(found, 2 * found.length);
            }
            int wanted = distances;
            for (int distance = 0; wanted > 0; distance++) {
                if (present[distance]) {
                    add((byte) distance);
                    wanted--;
                }
            }
        }

        private void measure(int lowRow, int highRow) {
            for (int point = 0; point < square.length; point++) {
                int distance = squares[lowRow + low[point]] + squares[highRow + high[point]];
                square[point] = (byte) distance;
                present[distance & 0xff] = true;
            }
        }

        private void add(byte distance) {
            for (int point = 0; point < square.length; point++) {
                if (square[point] == distance) {
                    found[count++] = (short) point;
                }
            }
        }
    }
}
