package org.imatrixstats.ggml.iq;

import java.util.Arrays;

/**
 * For every combination of levels that is not a point of a grid, the points that are nearest to it. An encoder rounds
 * the values of a group to levels and looks for the best point among these alone.
 */
final class Neighbours {
    final Grid grid;
    /** The point with the levels of a code, or -1. */
    final short[] points;
    /** Where {@link NearestPoint} has the error of point p in dimension i, at {@code p * dimension + i}. */
    final short[] places;
    /** The codes of the lower and the upper half of each point, as if it were a point of half the dimension. */
    final byte[] low;
    final byte[] high;
    /** The neighbours of a code are those from here to the start of the next code, the nearest first, then by index. */
    final int[] starts;
    final short[] neighbours;

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
            places[i] = (short) (NearestPoint.STRIDE * grid.points()[i] + i % grid.dimension());
        }
        low = finder.low;
        high = finder.high;
        starts = new int[finder.codes + 1];
        for (int code = 0; code < finder.codes; code++) {
            if (points[code] < 0) {
                finder.find(code);
            }
            starts[code + 1] = finder.count;
        }
        neighbours = Arrays.copyOf(finder.found, finder.count);
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
        final byte[] low;
        final byte[] high;
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
            low = new byte[grid.size()];
            high = new byte[grid.size()];
            for (int point = 0; point < low.length; point++) {
                low[point] = (byte) (grid.code(point) % halves);
                high[point] = (byte) (grid.code(point) / halves);
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
