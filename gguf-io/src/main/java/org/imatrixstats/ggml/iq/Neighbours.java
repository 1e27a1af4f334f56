package org.imatrixstats.ggml.iq;

import java.util.Arrays;

/**
 * The nearest grid points of every code that is not a point itself. An encoder rounds a group of values to levels. If
 * their code is not a point, only its neighbours are candidates.
 */
final class Neighbours {
    /** The most values that a sub-block has. */
    static final int STRIDE = 32;

    final Grid grid;
    /** The point with the levels of a code, or -1. */
    final short[] points;
    /** An index for point p in dimension i, at {@code p * dimension + i}: {@code STRIDE * level + i}. */
    final short[] places;
    /** The code of the first half of the levels of each point, and that of the second half. */
    final byte[] low;
    final byte[] high;
    /** Where the neighbours of each code begin. They end where those of the next code begin. */
    final int[] starts;
    /** Points, by distance from the code, then by index. */
    final short[] neighbours;

    /** @param distances the number of different distances of the neighbours */
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

    /** Finds the neighbours of one code at a time. Its methods are small, so they are compiled early. */
    private static final class Finder {
        final int codes;
        short[] found = new short[1 << 16];
        int count;
        private final int distances;
        /** The number of codes of half a point, and the squared distance between any two of them. */
        private final int halves;
        private final byte[] squares;
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

        /** The squared distance between two codes. */
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
