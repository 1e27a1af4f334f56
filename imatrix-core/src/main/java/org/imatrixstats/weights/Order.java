package org.imatrixstats.weights;

import java.util.Arrays;
import java.util.function.DoublePredicate;

import org.imatrixstats.numeric.Moments;
import org.imatrixstats.numeric.Sum;

/**
 * The finite values of a tensor in ascending order, as runs: where a run starts and how many values it and all before it
 * have. A run is one value, or a range that nothing is asked about.
 */
final class Order {
    /** By {@link FloatOrder}. */
    private int[] first = new int[1024];
    private long[] upTo = new long[1024];
    private int runs;

    /** @param sorted finite values, ascending; each different one is a run */
    static Order of(float[] sorted) {
        Order order = new Order();
        for (int from = 0; from < sorted.length;) {
            int number = FloatOrder.number(Float.floatToRawIntBits(sorted[from]));
            int to = from + 1;
            while (to < sorted.length && FloatOrder.number(Float.floatToRawIntBits(sorted[to])) == number) {
                to++;
            }
            order.add(number, to - from);
            from = to;
        }
        return order;
    }

    /** Adds a run above all others. */
    void add(int number, long values) {
        if (values == 0) {
            return;
        }
        if (runs == first.length) {
            first = Arrays.copyOf(first, 2 * runs);
            upTo = Arrays.copyOf(upTo, 2 * runs);
        }
        first[runs] = number;
        upTo[runs] = values + (runs == 0 ? 0 : upTo[runs - 1]);
        runs++;
    }

    int runs() {
        return runs;
    }

    long count() {
        return runs == 0 ? 0 : upTo[runs - 1];
    }

    /** The value at a rank from 0. */
    float select(long rank) {
        return value(run(rank));
    }

    /** The number of the float at a rank. */
    int numberAt(long rank) {
        return first[run(rank)];
    }

    /** The number of the least float of a run. */
    int number(int run) {
        return first[run];
    }

    /** The run that holds a rank. */
    private int run(long rank) {
        int found = Arrays.binarySearch(upTo, 0, runs, rank + 1);
        return found >= 0 ? found : -found - 1;
    }

    /** Values less than the float of this number. */
    long below(int number) {
        int found = Arrays.binarySearch(first, 0, runs, number);
        int run = found >= 0 ? found : -found - 1;
        return run == 0 ? 0 : upTo[run - 1];
    }

    /** Values for which a condition does not hold that is false below some value and true from there on. */
    long below(DoublePredicate condition) {
        return below(FloatOrder.first(condition));
    }

    float value(int run) {
        return FloatOrder.value(first[run]);
    }

    long occurrences(int run) {
        return run == 0 ? upTo[0] : upTo[run] - upTo[run - 1];
    }

    /** Different values, if each run is one value; −0 and +0 are the same value. */
    int distinct() {
        int zero = Arrays.binarySearch(first, 0, runs, 0);
        return zero > 0 && first[zero - 1] == FloatOrder.NEGATIVE_ZERO ? runs - 1 : runs;
    }

    /** Sums over all values, each run being one value; counts of what is not finite are left at 0. */
    WeightSums sums() {
        if (runs == 0) {
            return WeightSums.NONE;
        }
        Sum sum = new Sum();
        Sum abs = new Sum();
        for (int i = 0; i < runs; i++) {
            double x = value(i);
            double times = occurrences(i);
            sum.add(x * times);
            abs.add(Math.abs(x) * times);
        }
        double mean = sum.value() / count();
        Sum m2 = new Sum();
        Sum m3 = new Sum();
        Sum m4 = new Sum();
        for (int i = 0; i < runs; i++) {
            double d = value(i) - mean;
            double d2 = d * d * occurrences(i);
            m2.add(d2);
            m3.add(d2 * d);
            m4.add(d2 * d * d);
        }
        return WeightSums.of(new Moments(count(), sum.value(), mean, m2.value(), m3.value(), m4.value(), value(0),
                value(runs - 1), 0, 0), abs.value());
    }
}
