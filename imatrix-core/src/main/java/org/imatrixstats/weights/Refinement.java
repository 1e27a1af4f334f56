package org.imatrixstats.weights;

import java.io.IOException;

/**
 * Finds order statistics of more values than fit into memory, exactly: by radix selection. Of 32-bit floats, a first pass
 * counts the upper 16 bits, a second one the next 8 bits of the values in those buckets that are asked about, and a third
 * one the last 8 bits. Memory depends on how much is asked, and not on how many values there are.
 */
final class Refinement {
    private static final int DIGIT = 1 << 8;

    /** Counts a digit of all finite values of the tensor. */
    @FunctionalInterface
    interface Pass {
        long[] count(Digit digit) throws IOException;
    }

    /** Which values a pass counts: those whose upper bits are asked about, each such prefix in its own slot. */
    static final class Digit {
        /** 0 for buckets that nobody asks about, likewise below. */
        private final char[] slotOfBucket;
        /** By the slot of the bucket, then by the second digit; null for the second digit itself. */
        private final int[] slotOfPrefix;
        /** A bit for each prefix that has a slot; null for the second digit. */
        private final long[] asked;
        private int slots = 1;

        /** The second digit, of buckets. */
        Digit() {
            slotOfBucket = new char[Buckets.COUNT];
            slotOfPrefix = null;
            asked = null;
        }

        /** The third digit, of prefixes of 24 bits. */
        Digit(Digit second) {
            slotOfBucket = second.slotOfBucket;
            slotOfPrefix = new int[second.size()];
            asked = new long[second.size() / Long.SIZE];
        }

        /** Asks about the values that share the upper bits of this float. */
        void ask(int bits) {
            if (slot(bits) != 0) {
                return;
            }
            if (slotOfPrefix == null) {
                slotOfBucket[bits >>> 16] = (char) slots++;
            } else {
                int prefix = prefix(bits);
                slotOfPrefix[prefix] = slots++;
                asked[prefix >> 6] |= 1L << prefix;
            }
        }

        private int prefix(int bits) {
            return slotOfBucket[bits >>> 16] * DIGIT + (bits >> 8 & DIGIT - 1);
        }

        int size() {
            return slots * DIGIT;
        }

        /** The slot of the upper bits of a float; 0 if nobody asks about it. */
        private int slot(int bits) {
            return slotOfPrefix == null ? slotOfBucket[bits >>> 16] : slotOfPrefix[prefix(bits)];
        }

        /** Counts values; those that nobody asks about may be counted in slot 0. */
        void count(float[] v, int n, int[] into) {
            if (slotOfPrefix == null) {
                countSecond(v, n, into);
            } else {
                countThird(v, n, into);
            }
        }

        /** Most values are asked about if any order statistics are: a branch would cost more than the counting. */
        private void countSecond(float[] v, int n, int[] into) {
            for (int i = 0; i < n; i++) {
                into[prefix(Float.floatToRawIntBits(v[i]))]++;
            }
        }

        /** Hardly any value is asked about: a bit for each prefix says so, and stays in the cache. */
        private void countThird(float[] v, int n, int[] into) {
            for (int i = 0; i < n; i++) {
                int bits = Float.floatToRawIntBits(v[i]);
                int prefix = prefix(bits);
                if ((asked[prefix >> 6] >>> prefix & 1) != 0) {
                    into[slotOfPrefix[prefix] * DIGIT + (bits & DIGIT - 1)]++;
                }
            }
        }

        /** Adds a run to an order, or if it is asked about, the runs in it. */
        void split(int number, long values, int shift, long[] counts, Order into) {
            int bits = FloatOrder.bits(number);
            int slot = slot(bits);
            if (slot == 0) {
                into.add(number, values);
                return;
            }
            // The least number of a run of negative values has all lower bits set.
            for (int i = 0; i < DIGIT; i++) {
                int digit = bits < 0 ? DIGIT - 1 - i : i;
                into.add(number + (i << shift), counts[slot * DIGIT + digit]);
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
        Order finer = split(coarse, 8, second, ranks, thresholds, pass);
        return split(finer, 0, new Digit(second), ranks, thresholds, pass);
    }

    private static Order split(Order order, int shift, Digit digit, long[] ranks, int[] thresholds, Pass pass)
            throws IOException {
        for (long rank : ranks) {
            digit.ask(FloatOrder.bits(order.numberAt(rank)));
        }
        for (int number : thresholds) {
            if (number < FloatOrder.INFINITY) {
                digit.ask(FloatOrder.bits(number));
            }
        }
        long[] counts = pass.count(digit);
        Order finer = new Order();
        for (int run = 0; run < order.runs(); run++) {
            digit.split(order.number(run), order.occurrences(run), shift, counts, finer);
        }
        return finer;
    }
}
