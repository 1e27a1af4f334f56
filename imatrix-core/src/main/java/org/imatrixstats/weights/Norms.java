package org.imatrixstats.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The L2 norms of the rows or of the columns of a tensor, and those that stand out: at least {@value #FACTOR} times the
 * median.
 *
 * @param n        rows or columns
 * @param min      NaN of none, as are median and max
 * @param outliers how many stand out
 * @param largest  those of them that stand out most, at most {@value #SHOWN}, the largest first
 */
public record Norms(long n, double min, double median, double max, long outliers, List<Outlier> largest) {
    static final double FACTOR = 3;
    private static final int SHOWN = 16;

    /** @param overMedian the norm in medians; infinite if that is 0 */
    public record Outlier(int index, double norm, double overMedian) {
    }

    static Norms ofSquares(double[] squares) {
        double[] norms = Arrays.stream(squares).map(Math::sqrt).toArray();
        double[] sorted = norms.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        if (n == 0) {
            return new Norms(0, Double.NaN, Double.NaN, Double.NaN, 0, List.of());
        }
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        List<Outlier> outliers = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            if (isOutlier(norms[i], median)) {
                outliers.add(new Outlier(i, norms[i], norms[i] / median));
            }
        }
        List<Outlier> largest = outliers.stream()
                .sorted(Comparator.comparingDouble(Outlier::norm).reversed().thenComparingInt(Outlier::index))
                .limit(SHOWN).toList();
        return new Norms(n, sorted[0], median, sorted[n - 1], outliers.size(), largest);
    }

    static boolean isOutlier(double norm, double median) {
        return norm > 0 && norm >= FACTOR * median;
    }

    /** NaN if all norms are 0. */
    public double maxOverMedian() {
        return max / median;
    }
}
