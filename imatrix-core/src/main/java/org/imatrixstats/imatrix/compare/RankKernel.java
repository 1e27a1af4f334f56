package org.imatrixstats.imatrix.compare;

import java.util.Arrays;

import org.imatrixstats.gguf.FormatException;

/**
 * Ranks the columns of a pair by their means in each file, equal means sharing the average of their ranks, and compares
 * the ranks: Spearman's correlation, and whether the same columns are the largest.
 *
 * <p>The order is that of a radix sort of 64-bit numbers, each a mean as float32 and the place of its column, which takes
 * time proportional to the columns. Where the matrices of a tensor have counts of their own, different means can be the same
 * as float32: such runs are ordered by their exact values. All memory is kept from pair to pair.
 */
final class RankKernel {
    /** No array is longer. */
    static final int MOST_COLUMNS = Integer.MAX_VALUE - 8;
    private static final int BYTES_PER_COLUMN = 8 + 8 + 4 + 4 + 4;
    private static final int DIGIT_BITS = 11;
    private static final int BUCKETS = 1 << DIGIT_BITS;

    private final TensorPair.Buffers buffers = new TensorPair.Buffers();
    private final int[] histogram = new int[BUCKETS];
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
        read(pair, side);
        sort();
        for (int first = 0, end; first < n; first = end) {
            end = first + 1;
            while (end < n && order[end] >>> 32 == order[first] >>> 32) {
                end++;
            }
            if (side.countsAlike() || end == first + 1) {
                share(first, end, ranks, tops);
            } else {
                rankByExactMeans(pair, side, first, end, ranks, tops);
            }
        }
    }

    private void read(TensorPair pair, TensorPair.Side side) throws FormatException {
        int[] at = new int[1];
        boolean alike = side.countsAlike();
        pair.forEachSpan(buffers, side, (values, count, length) -> {
            int place = at[0];
            System.arraycopy(values, 0, sums, place, length);
            for (int i = 0; i < length; i++, place++) {
                float key = alike ? values[i] : (float) (values[i] / count);
                // + 0: there is only one zero.
                order[place] = (long) Float.floatToRawIntBits(key + 0f) << 32 | place;
            }
            at[0] = place;
        });
    }

    private void sort() {
        for (int shift = 32; shift < 64; shift += DIGIT_BITS) {
            sortByDigit(shift);
        }
    }

    private void sortByDigit(int shift) {
        Arrays.fill(histogram, 0);
        for (int i = 0; i < n; i++) {
            histogram[(int) (order[i] >>> shift) & BUCKETS - 1]++;
        }
        if (histogram[(int) (order[0] >>> shift) & BUCKETS - 1] == n) {
            return;
        }
        int start = 0;
        for (int digit = 0; digit < BUCKETS; digit++) {
            int size = histogram[digit];
            histogram[digit] = start;
            start += size;
        }
        for (int i = 0; i < n; i++) {
            scratch[histogram[(int) (order[i] >>> shift) & BUCKETS - 1]++] = order[i];
        }
        long[] sorted = scratch;
        scratch = order;
        order = sorted;
    }

    /** Gives columns of equal means their average rank. */
    private void share(int first, int end, int[] ranks, Top[] tops) {
        for (int i = first; i < end; i++) {
            ranks[(int) order[i]] = first + end - 1;
        }
        for (Top top : tops) {
            top.see(first, end - 1, n);
        }
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
            for (Top top : tops) {
                top.see(lowest, highest, n);
            }
        }
    }

    private double mean(TensorPair pair, TensorPair.Side side, int place) {
        return sums[place] / (double) side.countOfMatrixInBoth((int) (place / pair.columns())) + 0.0;
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
