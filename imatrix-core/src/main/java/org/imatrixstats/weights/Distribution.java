package org.imatrixstats.weights;

import java.util.List;
import java.util.stream.LongStream;

/**
 * How the values of a tensor, or of a sample of all tensors, are distributed.
 *
 * @param distinct    different finite values; −1 if they were not counted
 * @param median      NaN if there are no finite values
 * @param quantiles   at {@link #QUANTILES}; empty if there are no finite values, as is beyondSigma
 * @param histogram   null if there are no finite values
 * @param beyondSigma how many values are farther from the mean than {@link #SIGMAS} standard deviations
 */
public record Distribution(WeightSums sums, long distinct, double median, double[] quantiles, Histogram histogram,
        long[] beyondSigma) {
    /** In percent. */
    public static final List<Double> QUANTILES = List.of(0.01, 0.1, 1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0, 99.9,
            99.99);
    /** In standard deviations. */
    public static final List<Integer> SIGMAS = List.of(3, 4, 6);

    /**
     * What the order of the values says; it must be exact at {@link #ranks} and {@link #thresholds}.
     *
     * @param counted whether each run of the order is one value
     */
    static Distribution of(Order order, WeightSums sums, int bins, boolean counted) {
        long n = order.count();
        if (n == 0) {
            return new Distribution(sums, 0, Double.NaN, new double[0], null, new long[0]);
        }
        double median = ((double) order.select((n - 1) / 2) + order.select(n / 2)) / 2 + 0.0;
        double[] quantiles = QUANTILES.stream().mapToDouble(percent -> quantile(order, percent)).toArray();
        long[] beyond = SIGMAS.stream()
                .mapToLong(
                        k -> order.below(x -> !isFarBelow(x, k, sums)) + n - order.below(x -> isFarAbove(x, k, sums)))
                .toArray();
        return new Distribution(sums, counted ? order.distinct() : -1, median, quantiles,
                Histogram.of(order, Histogram.edges(sums.least(), sums.greatest(), bins)), beyond);
    }

    /** Linear between order statistics, as numpy.quantile has it. */
    private static double quantile(Order order, double percent) {
        double position = position(percent, order.count());
        long rank = (long) position;
        double low = order.select(rank);
        double high = order.select(Math.min(rank + 1, order.count() - 1));
        return low + (position - rank) * (high - low) + 0.0;
    }

    private static double position(double percent, long n) {
        return percent / 100 * (n - 1);
    }

    /** The ranks of n values that decide the figures. */
    static long[] ranks(long n) {
        LongStream quantiles = QUANTILES.stream().mapToLong(percent -> (long) position(percent, n))
                .flatMap(rank -> LongStream.of(rank, Math.min(rank + 1, n - 1)));
        return LongStream.concat(quantiles, LongStream.of((n - 1) / 2, n / 2)).toArray();
    }

    /** The numbers of the floats that decide the figures. */
    static int[] thresholds(WeightSums sums, int bins) {
        double[] edges = Histogram.edges(sums.least(), sums.greatest(), bins);
        int[] thresholds = new int[bins - 1 + 2 * SIGMAS.size()];
        int size = 0;
        for (int i = 1; i < bins; i++) {
            thresholds[size++] = FloatOrder.first(Histogram.from(edges[i]));
        }
        for (int k : SIGMAS) {
            thresholds[size++] = FloatOrder.first(x -> !isFarBelow(x, k, sums));
            thresholds[size++] = FloatOrder.first(x -> isFarAbove(x, k, sums));
        }
        return thresholds;
    }

    private static boolean isFarAbove(double x, int sigmas, WeightSums sums) {
        return x - sums.average() > sigmas * sums.stdDev();
    }

    private static boolean isFarBelow(double x, int sigmas, WeightSums sums) {
        return sums.average() - x > sigmas * sums.stdDev();
    }

    /** Share of the finite values. */
    public double shareBeyond(int sigma) {
        int i = SIGMAS.indexOf(sigma);
        return beyondSigma.length == 0 ? Double.NaN : (double) beyondSigma[i] / sums.finite();
    }

    /** NaN if there are no finite values. */
    public double quantile(double percent) {
        return quantiles.length == 0 ? Double.NaN : quantiles[QUANTILES.indexOf(percent)];
    }

    /** Of finite values in ascending order. */
    static Distribution of(float[] sorted, int bins) {
        Order order = Order.of(sorted);
        return of(order, order.sums().withZeros(order.below(1) - order.below(FloatOrder.NEGATIVE_ZERO)), bins, true);
    }
}
