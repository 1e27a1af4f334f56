package org.imatrixstats.weights;

import java.util.function.DoublePredicate;

/**
 * How many values lie in equal bins from the least to the greatest, as numpy.histogram has it: a bin holds its lower edge
 * and not its upper one, the last bin holds both. If all values are equal, the bins reach from 0.5 below to 0.5 above.
 *
 * @param counts one per bin
 * @param edges  one more than bins
 */
public record Histogram(long[] counts, double[] edges) {
    /** The edges of so many bins. */
    static double[] edges(double min, double max, int bins) {
        double low = min == max ? min - 0.5 : min;
        double high = min == max ? max + 0.5 : max;
        double[] edges = new double[bins + 1];
        for (int i = 0; i < bins; i++) {
            edges[i] = low + i * ((high - low) / bins);
        }
        edges[bins] = high;
        return edges;
    }

    /** True from an edge on. */
    static DoublePredicate from(double edge) {
        return x -> x >= edge;
    }

    static Histogram of(Order order, double[] edges) {
        int bins = edges.length - 1;
        long[] counts = new long[bins];
        long before = 0;
        for (int i = 0; i < bins; i++) {
            long upTo = i == bins - 1 ? order.count() : order.below(from(edges[i + 1]));
            counts[i] = upTo - before;
            before = upTo;
        }
        return new Histogram(counts, edges);
    }
}
