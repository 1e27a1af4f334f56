package org.imatrixstats.ggml.iq;

/** What iq1_s and iq1_m share: 2048 points of {-1, 0, 1}⁸ whose values are shifted by 1/8 up or down. */
final class Ternary {
    static final float SHIFT = 0.125f;
    /** What the levels stand for if they are shifted up. */
    static final float[] UP = {-1 + SHIFT, SHIFT, 1 + SHIFT};
    static final float[] DOWN = {-1 - SHIFT, -SHIFT, 1 - SHIFT};

    /** The point of eight zeros. */
    static final int ZERO = 1029;

    static final class Points {
        static final Grid GRID = Grid.read("iq1", 8, -1, 0, 1);
    }

    static final class Search {
        static final Neighbours NEIGHBOURS = new Neighbours(Points.GRID, 3);
    }

    private Ternary() {
    }

    static void decode(int point, float scale, float shift, float[] into, int at) {
        float[] values = Points.GRID.values();
        for (int i = 0; i < 8; i++) {
            into[at + i] = scale * (values[8 * point + i] + shift);
        }
    }

    static float max(float[] x, int at, int count) {
        float max = Math.abs(x[at]);
        for (int i = 1; i < count; i++) {
            float a = Math.abs(x[at + i]);
            max = max > a ? max : a;
        }
        return max;
    }

    /** The indices of the values in ascending order. Equal values keep their order, as in the reference. */
    static void sort(float[] x, int at, int[] order) {
        for (int i = 0; i < order.length; i++) {
            float value = x[at + i];
            int j = i;
            for (; j > 0 && x[at + order[j - 1]] > value; j--) {
                order[j] = order[j - 1];
            }
            order[j] = i;
        }
    }

    /** Sets the levels of a split: 0 below {@code middle}, 2 from {@code top} on, in ascending order of the values. */
    static void split(int[] order, int middle, int top, boolean mirrored, int[] levels) {
        for (int j = 0; j < order.length; j++) {
            int level = j < middle ? 0 : j < top ? 1 : 2;
            levels[order[j]] = mirrored ? 2 - level : level;
        }
    }

    /** The code of the eight levels from {@code at} on, as in {@link Grid#code}. */
    static int code(int[] levels, int at) {
        int code = 0;
        for (int i = 7; i >= 0; i--) {
            code = code * 3 + levels[at + i];
        }
        return code;
    }

    static boolean isPoint(int code) {
        return Search.NEIGHBOURS.points[code] >= 0;
    }

    /** The point of a code, or its neighbour that is closest to the eight values. */
    static int point(NearestPoint nearest, int code, float[] x, int xAt, float[] weights, int weightsAt, float scale,
            float[] values) {
        if (isPoint(code)) {
            return Search.NEIGHBOURS.points[code];
        }
        nearest.set(x, xAt, weights, weightsAt, 8, scale, values);
        return nearest.find(code, 0);
    }

    static int level(int point, int i) {
        return Points.GRID.points()[8 * point + i];
    }
}
