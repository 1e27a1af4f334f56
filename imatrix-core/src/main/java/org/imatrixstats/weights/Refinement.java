package org.imatrixstats.weights;

import java.io.IOException;
import java.util.Arrays;

/**
 * Finds order statistics of more values than fit into memory, exactly: by radix selection. Of 32-bit floats, a first pass
 * counts the upper 16 bits, a second one the next 8 bits of the values in those buckets that are asked about, and a third
 * one the last 8 bits. Memory depends on how much is asked, and not on how many values there are.
 */
final class Refinement {
    private static final int DIGIT = 1 << 8;

    /** Counts the next digit of all finite values of the tensor. */
    @FunctionalInterface
    interface Pass {
        long[] count(Digit digit) throws IOException;
    }

    /** Which values a pass counts: those whose upper bits are asked about, each such prefix in a slot of its own. */
    static final class Digit {
        private final int[] slotOfBucket = new int[Buckets.COUNT];
        private final int[] slotOfSecond;
        private int slots = 1;

        /** The second digit, of buckets. */
        Digit() {
            slotOfSecond = null;
        }

        /** The third digit, of prefixes of 24 bits. */
        Digit(Digit second) {
            System.arraycopy(second.slotOfBucket, 0, slotOfBucket, 0, Buckets.COUNT);
            slotOfSecond = new int[second.size()];
        }

        /** Asks about the values that share the upper bits of this number. */
        void ask(int number) {
            int[] slot = slotOfSecond == null ? slotOfBucket : slotOfSecond;
            int at = slotOfSecond == null ? Buckets.of(number) : second(number);
            if (slot[at] == 0) {
                slot[at] = slots++;
            }
        }

        private int second(int number) {
            return slotOfBucket[Buckets.of(number)] * DIGIT + (number >> 8 & DIGIT - 1);
        }

        int size() {
            return slots * DIGIT;
        }

        /** The slot of a prefix; 0 if nothing is asked about it. */
        int slot(int number) {
            return slotOfSecond == null ? slotOfBucket[Buckets.of(number)] : slotOfSecond[second(number)];
        }

        /** Slot 0 takes what nobody asks about: a branch would cost more. */
        void count(float[] v, int n, long[] into) {
            if (slotOfSecond == null) {
                for (int i = 0; i < n; i++) {
                    into[second(FloatOrder.number(v[i]))]++;
                }
            } else {
                for (int i = 0; i < n; i++) {
                    int number = FloatOrder.number(v[i]);
                    into[slotOfSecond[second(number)] * DIGIT + (number & DIGIT - 1)]++;
                }
            }
        }
    }

    private Refinement() {
    }

    /**
     * The order of the values, exact at the given ranks and thresholds.
     *
     * @param counts     of the first pass, by bucket
     * @param ranks      what {@link Order#select} is asked about
     * @param thresholds numbers of floats that {@link Order#below} is asked about
     */
    static Order refine(long[] counts, long[] ranks, int[] thresholds, Pass pass) throws IOException {
        Order coarse = Buckets.order(counts, Precision.F32);
        Digit second = new Digit();
        ask(second, coarse, ranks, thresholds);
        long[] secondCounts = pass.count(second);
        Order finer = new Order();
        for (int run = 0; run < coarse.runs(); run++) {
            split(coarse.number(run), coarse.occurrences(run), 8, second, secondCounts, finer);
        }
        Digit third = new Digit(second);
        ask(third, finer, ranks, thresholds);
        long[] thirdCounts = pass.count(third);
        Order exact = new Order();
        for (int run = 0; run < finer.runs(); run++) {
            split(finer.number(run), finer.occurrences(run), 0, third, thirdCounts, exact);
        }
        return exact;
    }

    private static void ask(Digit digit, Order order, long[] ranks, int[] thresholds) {
        for (long rank : ranks) {
            digit.ask(order.numberAt(rank));
        }
        Arrays.stream(thresholds).filter(number -> number < FloatOrder.INFINITY).forEach(digit::ask);
    }

    /** Adds a run, or if it was asked about, the runs in it. */
    private static void split(int number, long values, int shift, Digit digit, long[] counts, Order into) {
        int slot = digit.slot(number);
        if (slot == 0) {
            into.add(number, values);
            return;
        }
        for (int i = 0; i < DIGIT; i++) {
            into.add(number + (i << shift), counts[slot * DIGIT + i]);
        }
    }
}
