package org.imatrixstats.weights.cluster;

import java.util.Arrays;

import org.imatrixstats.numeric.Sum;

/**
 * Different values in ascending order, and how often each occurs.
 *
 * @param value      ascending; zeros are +0
 * @param occurrence as many as values
 */
record Distinct(double[] value, int[] occurrence) {
    /** @param sorted finite values, ascending */
    static Distinct of(double[] sorted) {
        double[] value = new double[sorted.length];
        int[] occurrence = new int[sorted.length];
        int size = 0;
        for (double x : sorted) {
            if (size == 0 || value[size - 1] != x) {
                value[size++] = x + 0.0;
            }
            occurrence[size - 1]++;
        }
        return new Distinct(Arrays.copyOf(value, size), Arrays.copyOf(occurrence, size));
    }

    int size() {
        return value.length;
    }

    /** All values, those that are equal counted each. */
    long count() {
        long count = 0;
        for (int each : occurrence) {
            count += each;
        }
        return count;
    }

    /** How many values the numbers from..to (exclusive) stand for. */
    long count(int from, int to) {
        long count = 0;
        for (int i = from; i < to; i++) {
            count += occurrence[i];
        }
        return count;
    }

    /** The mean of the numbers from..to (exclusive), counted as often as they occur. */
    double mean(int from, int to) {
        if (to - from == 1) {
            return value[from];
        }
        Sum sum = new Sum();
        for (int i = from; i < to; i++) {
            sum.add(value[i] * occurrence[i]);
        }
        return sum.value() / count(from, to);
    }

    /** The sum of the squared distances of the numbers from..to (exclusive) from a centre. */
    double squares(int from, int to, double centre) {
        Sum sum = new Sum();
        for (int i = from; i < to; i++) {
            double distance = value[i] - centre;
            sum.add(distance * distance * occurrence[i]);
        }
        return sum.value();
    }
}
