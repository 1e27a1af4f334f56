package org.imatrixstats.spectrum;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Spearman's rank correlation. */
public final class Agreement {
    private Agreement() {
    }

    /** Over the places where both are defined, equal values with the mean of their ranks; NaN if all are equal. */
    public static double spearman(double[] a, double[] b) {
        int[] both = IntStream.range(0, a.length).filter(i -> Double.isFinite(a[i]) && Double.isFinite(b[i])).toArray();
        double[] x = ranks(Arrays.stream(both).mapToDouble(i -> a[i]).toArray());
        double[] y = ranks(Arrays.stream(both).mapToDouble(i -> b[i]).toArray());
        double mean = (x.length + 1) / 2.0;
        double product = 0;
        double squaresX = 0;
        double squaresY = 0;
        for (int i = 0; i < x.length; i++) {
            product += (x[i] - mean) * (y[i] - mean);
            squaresX += (x[i] - mean) * (x[i] - mean);
            squaresY += (y[i] - mean) * (y[i] - mean);
        }
        return squaresX > 0 && squaresY > 0 ? product / Math.sqrt(squaresX * squaresY) : Double.NaN;
    }

    private static double[] ranks(double[] values) {
        int[] order = IntStream.range(0, values.length).boxed().sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(i -> i).toArray();
        double[] ranks = new double[values.length];
        int from = 0;
        while (from < order.length) {
            int to = from + 1;
            while (to < order.length && values[order[to]] == values[order[from]]) {
                to++;
            }
            for (int i = from; i < to; i++) {
                ranks[order[i]] = (from + to + 1) / 2.0;
            }
            from = to;
        }
        return ranks;
    }
}
