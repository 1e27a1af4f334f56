package org.imatrixstats.ggml.iq;

/**
 * Finds the point that is closest to a group of values among the neighbours of their code. It has the least error
 * Σ w·(scale·q − x)². Errors are added in the order of the values. The first of several points with the same error wins.
 */
final class NearestPoint {
    /** Up to so many neighbours, it is faster to add eight errors for each. */
    private static final int FEW = 12;
    /** Below the quotient of two sums of the same eight positive errors that are added in different orders. */
    private static final float ROUNDING = 1 - 1e-5f;

    private final Neighbours neighbours;
    private final short[] places;
    /** The error of value i at each level, at {@code Neighbours.STRIDE * level + i}. */
    private final float[] errors;
    /** Sums of the errors of the first four values of a group, by their code; and of the last four. */
    private final float[] low = new float[128];
    private final float[] high = new float[128];

    NearestPoint(Neighbours neighbours) {
        this.neighbours = neighbours;
        places = neighbours.places;
        errors = new float[Neighbours.STRIDE * neighbours.grid.levels()];
    }

    /** Sets the values, and what the levels stand for. */
    void set(float[] x, int xAt, float[] w, int wAt, int count, float scale, float[] q) {
        for (int level = 0; level < q.length; level++) {
            float value = scale * q[level];
            int row = Neighbours.STRIDE * level;
            for (int i = 0; i < count; i++) {
                float difference = value - x[xAt + i];
                errors[row + i] = w[wAt + i] * difference * difference;
            }
        }
    }

    /**
     * Finds the point for the group that begins with value {@code at} and has this code.
     *
     * @throws ArithmeticException if all errors overflow
     */
    int find(int code, int at) {
        int start = neighbours.starts[code];
        int end = neighbours.starts[code + 1];
        int point;
        if (neighbours.grid.dimension() == 4) {
            point = find4(start, end, at);
        } else {
            point = end - start <= FEW ? find8(start, end, at) : findOfMany8(start, end, at);
        }
        if (point < 0) {
            throw overflow();
        }
        return point;
    }

    /** For values that are too large. ggml ends the process. */
    static ArithmeticException overflow() {
        return new ArithmeticException("squares of the values overflow");
    }

    private int find4(int start, int end, int at) {
        int best = -1;
        float least = Float.MAX_VALUE;
        for (int n = start; n < end; n++) {
            int point = neighbours.neighbours[n];
            int p = 4 * point;
            float sum = errors[at + places[p]] + errors[at + places[p + 1]] + errors[at + places[p + 2]]
                    + errors[at + places[p + 3]];
            if (sum < least) {
                least = sum;
                best = point;
            }
        }
        return best;
    }

    private int find8(int start, int end, int at) {
        int best = -1;
        float least = Float.MAX_VALUE;
        for (int n = start; n < end; n++) {
            int point = neighbours.neighbours[n];
            float sum = sum8(point, at);
            if (sum < least) {
                least = sum;
                best = point;
            }
        }
        return best;
    }

    /** As {@link #find8}, but adds the sums of halves first. Only points that may be better are added in order. */
    private int findOfMany8(int start, int end, int at) {
        addHalf(at, low);
        addHalf(at + 4, high);
        int best = -1;
        float least = Float.MAX_VALUE;
        for (int n = start; n < end; n++) {
            int point = neighbours.neighbours[n];
            float about = low[neighbours.low[point] & 127] + high[neighbours.high[point] & 127];
            if (about * ROUNDING < least) {
                float sum = sum8(point, at);
                if (sum < least) {
                    least = sum;
                    best = point;
                }
            }
        }
        return best;
    }

    private void addHalf(int at, float[] sums) {
        for (int a = 0; a < 3; a++) {
            sums[a] = errors[Neighbours.STRIDE * a + at];
        }
        extend(sums, 3, at + 1);
        extend(sums, 9, at + 2);
        extend(sums, 27, at + 3);
    }

    /** Adds the errors of one more value to the sums of {@code count} codes. */
    private void extend(float[] sums, int count, int at) {
        float add1 = errors[Neighbours.STRIDE + at];
        float add2 = errors[2 * Neighbours.STRIDE + at];
        for (int i = 0; i < count; i++) {
            sums[count + i] = sums[i] + add1;
        }
        for (int i = 0; i < count; i++) {
            sums[2 * count + i] = sums[i] + add2;
        }
        float add0 = errors[at];
        for (int i = 0; i < count; i++) {
            sums[i] += add0;
        }
    }

    private float sum8(int point, int at) {
        int p = 8 * point;
        return errors[at + places[p]] + errors[at + places[p + 1]] + errors[at + places[p + 2]]
                + errors[at + places[p + 3]] + errors[at + places[p + 4]] + errors[at + places[p + 5]]
                + errors[at + places[p + 6]] + errors[at + places[p + 7]];
    }
}
