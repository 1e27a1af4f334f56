package org.imatrixstats.weights.cluster;

import org.imatrixstats.numeric.Sum;

/**
 * How well values lie in their clusters (Rousseeuw 1987): the mean of (b − a) / max(a, b), where a is the mean distance of a
 * value from the others of its cluster and b the least mean distance from those of another one. A value alone in its cluster
 * has 0. In one dimension the nearest other cluster is a neighbour, and its mean distance is the distance from its mean.
 */
final class Silhouette {
    private Silhouette() {
    }

    /** @param bounds where each cluster starts, and as the last entry the number of values */
    static double of(Distinct values, int[] bounds) {
        int clusters = bounds.length - 1;
        double[] means = new double[clusters];
        for (int c = 0; c < clusters; c++) {
            means[c] = values.mean(bounds[c], bounds[c + 1]);
        }
        Sum total = new Sum();
        for (int c = 0; c < clusters; c++) {
            add(values, bounds[c], bounds[c + 1], c > 0 ? means[c - 1] : Double.NEGATIVE_INFINITY,
                    c + 1 < clusters ? means[c + 1] : Double.POSITIVE_INFINITY, total);
        }
        return total.value() / values.count();
    }

    private static void add(Distinct values, int from, int to, double meanBefore, double meanAfter, Sum total) {
        double n = values.count(from, to);
        if (n == 1) {
            return;
        }
        double first = values.value()[from];
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values.occurrence()[i] * (values.value()[i] - first);
        }
        double countBelow = 0;
        double sumBelow = 0;
        for (int i = from; i < to; i++) {
            double x = values.value()[i];
            double times = values.occurrence()[i];
            double d = x - first;
            double distances = d * countBelow - sumBelow + (sum - sumBelow - times * d) - d * (n - countBelow - times);
            double own = distances / (n - 1);
            double other = Math.min(x - meanBefore, meanAfter - x);
            total.add((other - own) / Math.max(other, own) * times);
            countBelow += times;
            sumBelow += times * d;
        }
    }
}
