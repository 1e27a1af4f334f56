package org.imatrixstats.weights.cluster;

import java.util.Arrays;

/**
 * The partitions of sorted values into 1 to {@code most} runs that have the least sum of squared distances from the means
 * of the runs: optimal k-means in one dimension. Equal values are never in two runs.
 *
 * <p>Dynamic programming over the values (Wang and Song 2011, Ckmeans.1d.dp): the best partition of the first j values into
 * k runs is the best one of the first i values into k − 1 runs and the run i..j. The best i never moves left when j grows,
 * so that each k takes O(n log n) by divide and conquer. Of equal partitions the one whose last run starts first is taken.
 */
final class OptimalPartition {
    private final SquaredError error;
    private final int size;
    /** Where the last run starts, by the number of runs and the number of values in them. */
    private final Monotone[] lastStart;
    /** Least cost of the first j values in k − 1 runs, and in k. */
    private double[] before;
    private double[] now;

    /** @param most runs at most; no more than there are values */
    OptimalPartition(Distinct values, int most) {
        error = new SquaredError(values);
        size = values.size();
        lastStart = new Monotone[most + 1];
        int[] starts = new int[size + 1];
        before = new double[size + 1];
        now = new double[size + 1];
        for (int j = 1; j <= size; j++) {
            now[j] = error.of(0, j);
        }
        for (int runs = 2; runs <= most; runs++) {
            double[] spare = before;
            before = now;
            now = spare;
            Arrays.fill(starts, 0, runs, 0);
            Arrays.fill(now, 0, runs, Double.POSITIVE_INFINITY);
            solve(starts, runs, size, runs - 1, size - 1);
            lastStart[runs] = new Monotone(starts);
        }
    }

    /** Ends low..high of the last run, which starts between from and to. */
    private void solve(int[] starts, int low, int high, int from, int to) {
        int first = low;
        int leftmost = from;
        int last = high;
        while (first <= last) {
            int middle = (first + last) >>> 1;
            int best = solve(middle, leftmost, Math.min(to, middle - 1));
            starts[middle] = best;
            solve(starts, first, middle - 1, leftmost, best);
            first = middle + 1;
            leftmost = best;
        }
    }

    private int solve(int end, int from, int to) {
        int best = from;
        double least = Double.POSITIVE_INFINITY;
        for (int start = from; start <= to; start++) {
            double cost = before[start] + error.of(start, end);
            if (cost < least) {
                least = cost;
                best = start;
            }
        }
        now[end] = least;
        return best;
    }

    /** Where each of so many runs starts, and as the last entry the number of values. */
    int[] bounds(int runs) {
        int[] bounds = new int[runs + 1];
        bounds[runs] = size;
        for (int k = runs; k > 1; k--) {
            bounds[k - 1] = lastStart[k].get(bounds[k]);
        }
        return bounds;
    }
}
