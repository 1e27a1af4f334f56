package org.imatrixstats.imatrix.compare;

import java.util.Arrays;

import org.imatrixstats.gguf.FormatException;

/**
 * Ranks the columns of a pair by their means in each file, equal means sharing the average of their ranks, and compares
 * the ranks: Spearman's correlation, and whether the same columns are the largest.
 *
 * <p>The order is that of a radix sort of 64-bit numbers, each a mean as float32 (the key) and the place of its column,
 * which takes time proportional to the columns. Where the matrices of a tensor have counts of their own, different means can be the same
 * as float32: such runs are ordered by their exact values. All memory is kept from pair to pair.
 */
final class RankKernel {
    /** No array is longer. */
    static final int MOST_COLUMNS = Integer.MAX_VALUE - 8;
    private static final int BYTES_PER_COLUMN = 8 + 8 + 4 + 4 + 4;
    /** The 31 bits of a float that is not negative: a high digit of 11 bits, and two low ones. */
    private static final int LOW_DIGIT_BITS = 10;
    private static final int LOW_DIGITS = 1 << LOW_DIGIT_BITS;
    private static final int HIGH_DIGIT = 2 * LOW_DIGIT_BITS;
    private static final int BUCKETS = 1 << 31 - HIGH_DIGIT;
    /** Fewer are sorted faster by comparing them. */
    private static final int WORTH_COUNTING = 256;

    private final TensorPair.Buffers buffers = new TensorPair.Buffers();
    private final int[] histogram = new int[LOW_DIGITS];
    private long[] order = {};
    private long[] scratch = {};
    private float[] sums = {};
    private int[] ranksA = {};
    private int[] ranksB = {};
    private int n;

    /** Memory that it takes to rank so many columns. */
    static long bytes(long columns) {
        return BYTES_PER_COLUMN * columns;
    }

    /**
     * @param spearman  Pearson's correlation of the ranks; NaN if all are equal in a file
     * @param onePercent Jaccard index of the largest 1 % of the columns of both files, rounded up
     * @param tenPercent that of the largest 10 %
     */
    record Agreement(double spearman, double onePercent, double tenPercent) {
        static final Agreement UNDEFINED = new Agreement(Double.NaN, Double.NaN, Double.NaN);
    }

    /** The pair must have at least one column that both files have, and only finite values that are not negative. */
    Agreement of(TensorPair pair) throws FormatException {
        allocate(Math.toIntExact(pair.elements()));
        Top[] topA = Top.of(n);
        Top[] topB = Top.of(n);
        rank(pair, pair.sideA(), ranksA, topA);
        rank(pair, pair.sideB(), ranksB, topB);
        return new Agreement(spearman(), overlap(topA[0], topB[0]), overlap(topA[1], topB[1]));
    }

    private void allocate(int columns) {
        n = columns;
        if (order.length < n) {
            order = null;
            scratch = null;
            order = new long[n];
            scratch = new long[n];
            sums = new float[n];
            ranksA = new int[n];
            ranksB = new int[n];
        }
    }

    /** The largest columns of a file; of equal ones at the end those that come first. */
    private static final class Top {
        private final int size;
        private int leastRank;
        private int withLeastRank;

        private Top(int size) {
            this.size = size;
        }

        static Top[] of(int n) {
            return new Top[]{new Top((int) Math.ceil(0.01 * n)), new Top((int) Math.ceil(0.10 * n))};
        }

        /** Columns of equal means that take the places {@code first} to {@code last} of {@code n}, the largest last. */
        void see(int first, int last, int n) {
            int least = n - size;
            if (first <= least && least <= last) {
                leastRank = first + last;
                withLeastRank = last - least + 1;
            }
        }
    }

    /** Finds the ranks, from 0 for the smallest mean, times 2, as the average of two may be half a number. */
    private void rank(TensorPair pair, TensorPair.Side side, int[] ranks, Top[] tops) throws FormatException {
        // Until they are known, the ranks hold the keys.
        readKeys(pair, side, ranks);
        int[] ends = scatterByHighDigit(ranks);
        int from = 0;
        for (int end : ends) {
            sortByLowDigits(from, end);
            rankSorted(pair, side, from, end, ranks, tops);
            from = end;
        }
    }

    private void readKeys(TensorPair pair, TensorPair.Side side, int[] keys) throws FormatException {
        int[] at = new int[1];
        boolean alike = side.countsAlike();
        pair.forEachSpan(buffers, side, (values, count, length) -> {
            int from = at[0];
            if (alike) {
                for (int i = 0; i < length; i++) {
                    // + 0: there is only one zero.
                    keys[from + i] = Float.floatToRawIntBits(values[i] + 0f);
                }
            } else {
                System.arraycopy(values, 0, sums, from, length);
                for (int i = 0; i < length; i++) {
                    keys[from + i] = Float.floatToRawIntBits((float) (values[i] / count) + 0f);
                }
            }
            at[0] = from + length;
        });
    }

    /** Puts the columns in the order of the high digit of their keys; returns where each digit ends. */
    private int[] scatterByHighDigit(int[] keys) {
        int[] next = new int[BUCKETS];
        for (int i = 0; i < n; i++) {
            next[keys[i] >>> HIGH_DIGIT]++;
        }
        starts(next);
        for (int i = 0; i < n; i++) {
            order[next[keys[i] >>> HIGH_DIGIT]++] = (long) keys[i] << 32 | i;
        }
        return next;
    }

    /** Turns the number of elements of each bucket into where it starts. */
    private static void starts(int[] sizes) {
        int start = 0;
        for (int bucket = 0; bucket < sizes.length; bucket++) {
            int size = sizes[bucket];
            sizes[bucket] = start;
            start += size;
        }
    }

    /** Sorts columns whose high digits are the same, which mostly are few enough for the second-level cache. */
    private void sortByLowDigits(int from, int end) {
        if (end - from < WORTH_COUNTING) {
            Arrays.sort(order, from, end);
            return;
        }
        sortByDigit(order, from, scratch, 0, end - from, 32);
        sortByDigit(scratch, 0, order, from, end - from, 32 + LOW_DIGIT_BITS);
    }

    private void sortByDigit(long[] source, int sourceFrom, long[] target, int targetFrom, int length, int shift) {
        Arrays.fill(histogram, 0);
        for (int i = sourceFrom; i < sourceFrom + length; i++) {
            histogram[(int) (source[i] >>> shift) & LOW_DIGITS - 1]++;
        }
        starts(histogram);
        for (int i = sourceFrom; i < sourceFrom + length; i++) {
            long element = source[i];
            target[targetFrom + histogram[(int) (element >>> shift) & LOW_DIGITS - 1]++] = element;
        }
    }

    private void rankSorted(TensorPair pair, TensorPair.Side side, int from, int to, int[] ranks, Top[] tops) {
        boolean alike = side.countsAlike();
        for (int first = from, end; first < to; first = end) {
            end = first + 1;
            while (end < to && order[end] >>> 32 == order[first] >>> 32) {
                end++;
            }
            if (alike || end == first + 1) {
                share(first, end, ranks, tops);
            } else if (end == first + 2) {
                rankTwo(pair, side, first, ranks, tops);
            } else {
                rankByExactMeans(pair, side, first, end, ranks, tops);
            }
        }
    }

    /** Gives columns of equal means their average rank. */
    private void share(int first, int end, int[] ranks, Top[] tops) {
        for (int i = first; i < end; i++) {
            ranks[(int) order[i]] = first + end - 1;
        }
        see(first, end - 1, tops);
    }

    private void see(int first, int last, Top[] tops) {
        tops[0].see(first, last, n);
        tops[1].see(first, last, n);
    }

    /** Most runs of equal keys are of two. */
    private void rankTwo(TensorPair pair, TensorPair.Side side, int first, int[] ranks, Top[] tops) {
        double mean = mean(pair, side, (int) order[first]);
        double next = mean(pair, side, (int) order[first + 1]);
        if (mean == next) {
            share(first, first + 2, ranks, tops);
            return;
        }
        if (mean > next) {
            long larger = order[first];
            order[first] = order[first + 1];
            order[first + 1] = larger;
        }
        share(first, first + 1, ranks, tops);
        share(first + 1, first + 2, ranks, tops);
    }

    private void rankByExactMeans(TensorPair pair, TensorPair.Side side, int first, int end, int[] ranks, Top[] tops) {
        // Non-negative doubles are ordered as their bits are.
        for (int i = first; i < end; i++) {
            scratch[i] = Double.doubleToRawLongBits(mean(pair, side, (int) order[i]));
        }
        Arrays.sort(scratch, first, end);
        if (scratch[first] == scratch[end - 1]) {
            share(first, end, ranks, tops);
            return;
        }
        for (int i = first; i < end; i++) {
            int place = (int) order[i];
            long mean = Double.doubleToRawLongBits(mean(pair, side, place));
            int lowest = firstNotBelow(mean, first, end);
            int highest = firstNotBelow(mean + 1, first, end) - 1;
            ranks[place] = lowest + highest;
            see(lowest, highest, tops);
        }
    }

    private double mean(TensorPair pair, TensorPair.Side side, int place) {
        return sums[place] / (double) side.countOfMatrixInBoth(place / (int) pair.columns()) + 0.0;
    }

    private int firstNotBelow(long bits, int first, int end) {
        int low = first;
        int high = end;
        while (low < high) {
            int middle = low + high >>> 1;
            if (scratch[middle] < bits) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    // ---- comparing the ranks

    /** The ranks times 2 of both files have the mean n − 1, ties or not. */
    private double spearman() {
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < n; i++) {
            double x = ranksA[i] - (n - 1);
            double y = ranksB[i] - (n - 1);
            xx += x * x;
            yy += y * y;
            xy += x * y;
        }
        return xx > 0 && yy > 0 ? Math.clamp(xy / Math.sqrt(xx * yy), -1, 1) : Double.NaN;
    }

    private double overlap(Top a, Top b) {
        int both = 0;
        int equalToLeastOfA = 0;
        int equalToLeastOfB = 0;
        for (int i = 0; i < n; i++) {
            boolean inA = ranksA[i] > a.leastRank
                    || ranksA[i] == a.leastRank && equalToLeastOfA++ < a.withLeastRank;
            boolean inB = ranksB[i] > b.leastRank
                    || ranksB[i] == b.leastRank && equalToLeastOfB++ < b.withLeastRank;
            both += inA & inB ? 1 : 0;
        }
        return both / (double) (2 * a.size - both);
    }
}
