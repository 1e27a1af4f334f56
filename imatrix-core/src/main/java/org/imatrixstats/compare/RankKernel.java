package org.imatrixstats.compare;

import java.util.Arrays;

/**
 * Ranks the columns of a pair by their means in each file, equal means sharing the average of their ranks, and compares
 * the ranks: Spearman's correlation, and whether the same columns are the largest.
 *
 * <p>Columns are sorted as 63-bit numbers: the key of a mean, and below it, in A, the column, in B, its place in the order of
 * A. So the ranks of both files meet in the order of B. A key is the mean as a double but for as many of its lowest bits as the
 * rest of the number needs. By these, columns of one key are sorted afterwards. All memory is kept from pair to pair.
 */
final class RankKernel {
    /** Twice a rank is an int. */
    static final int MOST_COLUMNS = 1 << 30;
    static final int BYTES_PER_COLUMN = 8 + 8 + 4 + 4 + 4;
    /** Added to a mean: in place of 0, and too small to change any float over any count. */
    private static final double LEAST_MEAN = 0x1p-300;
    private static final long LEAST_BITS = Double.doubleToRawLongBits(LEAST_MEAN);
    /** Of a mean: 52 of its fraction, and 9 of its exponent above that of the least. */
    private static final int MEAN_BITS = 61;
    private static final int NUMBER_BITS = 63;
    private static final int CHUNK = 1 << 10;

    private final RadixSorter sorter = new RadixSorter();
    private final double[] means = new double[CHUNK];
    private TensorPair pair;
    private int n;
    /** The file whose columns are in order, and their sums. */
    private TensorPair.Side side;
    private float[] sums;
    /** Bits of a number below the key. */
    private int restBits;
    /** Lowest bits of a mean that its key leaves out. */
    private int cutBits;
    /** By column; free once they are sorted. */
    private long[] numbers = {};
    private long[] sorted = {};
    /** By column: twice its place in the order of A, and 1 more if it shares its rank. */
    private int[] placesInA = {};
    /** By place in the order of A. */
    private int[] columnsInA = {};
    /** By place in the order of A: twice the rank, of columns that share it. */
    private int[] sharedRanksInA = {};

    /**
     * Sums over the ranks of both files, times 2 and less their mean: of the squares, and of the products. The ranks times 2
     * have the mean n − 1, ties or not.
     */
    record Scatter(ExactSum xx, ExactSum yy, ExactSum xy) {
        double spearman() {
            double x2 = xx.value();
            double y2 = yy.value();
            return x2 > 0 && y2 > 0 ? Math.clamp(xy.value() / Math.sqrt(x2 * y2), -1, 1) : Double.NaN;
        }
    }

    /**
     * The pair must have at least one column that both files have, and only finite values that are not negative.
     *
     * @param values those of the pair
     */
    RankAgreement of(TensorPair pair, PairValues.InMemory values) {
        this.pair = pair;
        allocate(Math.toIntExact(pair.elements()));
        int places = RadixSorter.bitLength(n - 1);
        Scatter scatter = new Scatter(ExactSum.ofSquares(n), ExactSum.ofSquares(n), new ExactSum());

        sort(pair.sideA(), values.a(), places);
        for (int at = 0; at < n;) {
            at = placeDistinct(at);
            at = at < n ? rankAlike(at, scatter) : n;
        }
        Top onePercent = top(0.01);
        Top tenPercent = top(0.10);

        sort(pair.sideB(), values.b(), places + 1);
        for (int at = 0; at < n;) {
            at = correlateDistinct(at, scatter.xy);
            at = at < n ? rankAlike(at, scatter) : n;
        }
        return new RankAgreement(scatter.spearman(), overlap(onePercent, top(0.01)), overlap(tenPercent, top(0.10)));
    }

    private void allocate(int columns) {
        n = columns;
        if (sorted.length < n) {
            numbers = null;
            sorted = null;
            numbers = new long[n];
            sorted = new long[n];
            placesInA = new int[n];
            columnsInA = new int[n];
            sharedRanksInA = new int[n];
        }
    }

    private boolean inA() {
        return side == pair.sideA();
    }

    // ---- sorting

    private void sort(TensorPair.Side side, float[] sums, int restBits) {
        this.side = side;
        this.sums = sums;
        this.restBits = restBits;
        this.cutBits = Math.max(0, MEAN_BITS + restBits - NUMBER_BITS);
        sorter.expect(n, MEAN_BITS - cutBits + restBits);
        int columns = (int) pair.columns();
        for (int from = 0; from < n; from += columns) {
            number(from, from + columns, side.count(from / columns));
        }
        sorter.sort(numbers, sorted);
    }

    /** Makes the numbers of columns of one count. */
    private void number(int first, int end, double count) {
        for (int from = first; from < end; from += CHUNK) {
            int length = Math.min(CHUNK, end - from);
            divide(sums, from, count, length);
            if (inA()) {
                numberByColumn(from, length);
            } else {
                numberByPlaceInA(from, length);
            }
        }
    }

    /** The compiler makes vector instructions of the division if nothing else is in its loop. */
    private void divide(float[] sums, int from, double count, int length) {
        for (int i = 0; i < length; i++) {
            means[i] = sums[from + i] / count + LEAST_MEAN;
        }
    }

    private void numberByColumn(int from, int length) {
        for (int i = 0; i < length; i++) {
            number(from + i, key(means[i]) << restBits | from + i);
        }
    }

    private void numberByPlaceInA(int from, int length) {
        for (int i = 0; i < length; i++) {
            number(from + i, key(means[i]) << restBits | placesInA[from + i]);
        }
    }

    private void number(int column, long number) {
        numbers[column] = number;
        sorter.count(number);
    }

    private long key(double mean) {
        return Double.doubleToRawLongBits(mean) - LEAST_BITS >>> cutBits;
    }

    /** A number that grows with the mean. */
    static long meanBits(float sum, double count) {
        return Double.doubleToRawLongBits(sum / count + LEAST_MEAN) - LEAST_BITS;
    }

    private int rest(long number) {
        return (int) number & (1 << restBits) - 1;
    }

    private int column(int at) {
        int rest = rest(sorted[at]);
        return inA() ? rest : columnsInA[rest >>> 1];
    }

    private long mean(int at) {
        int column = column(at);
        return meanBits(sums[column], side.count((int) (column / pair.columns())));
    }

    // ---- ranking

    /** Notes the columns of A from a place on until some have the same key; returns the place of the first of these, or n. */
    private int placeDistinct(int from) {
        long[] sorted = this.sorted;
        for (int at = from; at < n; at++) {
            long number = sorted[at];
            if (at + 1 < n && (number ^ sorted[at + 1]) >>> restBits == 0) {
                return at;
            }
            place(rest(number), at);
        }
        return n;
    }

    private void place(int column, int at) {
        placesInA[column] = 2 * at;
        columnsInA[at] = column;
    }

    /**
     * Adds up the products of ranks in the order of B until some columns have the same key, or until the sum might leave a
     * long; returns the place of the next column.
     */
    private int correlateDistinct(int from, ExactSum xy) {
        long[] sorted = this.sorted;
        int end = (int) Math.min(n, from + Long.MAX_VALUE / ((long) n * n));
        long products = 0;
        int at = from;
        for (; at < end; at++) {
            long number = sorted[at];
            if (at + 1 < n && (number ^ sorted[at + 1]) >>> restBits == 0) {
                break;
            }
            products += fromMean(rankInA(rest(number))) * fromMean(2 * at);
        }
        xy.add(products);
        return at;
    }

    private int rankInA(int place) {
        return (place & 1) == 0 ? place : sharedRanksInA[place >>> 1];
    }

    private long fromMean(int rank) {
        return rank - (n - 1);
    }

    /**
     * Ranks the columns of one key: sorts them by the bits of their means that it leaves out.
     *
     * @return the place of the first column of another key
     */
    private int rankAlike(int first, Scatter scatter) {
        long key = sorted[first] >>> restBits;
        int end = first;
        while (end < n && sorted[end] >>> restBits == key) {
            numbers[end] = (mean(end) & (1L << cutBits) - 1) << restBits | rest(sorted[end]);
            end++;
        }
        Arrays.sort(numbers, first, end);
        for (int i = first; i < end; i++) {
            sorted[i] = key << restBits | rest(numbers[i]);
        }
        for (int from = first, to; from < end; from = to) {
            to = from + 1;
            while (to < end && numbers[to] >>> restBits == numbers[from] >>> restBits) {
                to++;
            }
            rankEqual(from, to, scatter);
        }
        return end;
    }

    /** Ranks the columns of one mean. */
    private void rankEqual(int from, int to, Scatter scatter) {
        int rank = from + to - 1;
        for (int at = from; at < to; at++) {
            int rest = rest(sorted[at]);
            if (inA()) {
                place(rest, at);
                if (to - from > 1) {
                    placesInA[rest]++;
                    sharedRanksInA[at] = rank;
                }
            } else {
                scatter.xy.addProduct(fromMean(rankInA(rest)), fromMean(rank));
            }
            ExactSum squares = inA() ? scatter.xx : scatter.yy;
            squares.addProduct(fromMean(rank), fromMean(rank));
            squares.addProduct(-fromMean(2 * at), fromMean(2 * at));
        }
    }

    // ---- the largest

    /**
     * The largest columns of a file; of those with the mean of the least of them the ones that come first.
     *
     * @param size  how many they are
     * @param first place of the first column with the mean of the least
     * @param taken how many of that mean are among the largest
     * @param end   place of the first column with a larger mean
     */
    private record Top(int size, int first, int taken, int end) {
        boolean has(int place) {
            return place >= end || place >= first && place < first + taken;
        }
    }

    private Top top(double share) {
        int size = (int) Math.ceil(share * n);
        long least = mean(n - size);
        int end = firstWithMean(least + 1);
        return new Top(size, firstWithMean(least), end - (n - size), end);
    }

    /** The first place of a mean that is not smaller. */
    private int firstWithMean(long mean) {
        int low = 0;
        int high = n;
        while (low < high) {
            int middle = low + (high - low) / 2;
            if (mean(middle) >= mean) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Jaccard index of the largest columns of A and B, in the order of B. */
    private double overlap(Top a, Top b) {
        for (int at = b.first; at < b.end; at++) {
            numbers[at] = (long) column(at) << restBits | rest(sorted[at]);
        }
        Arrays.sort(numbers, b.first, b.end);
        int both = 0;
        for (int at = b.first; at < b.first + b.taken; at++) {
            both += a.has(rest(numbers[at]) >>> 1) ? 1 : 0;
        }
        for (int at = b.end; at < n; at++) {
            both += a.has(rest(sorted[at]) >>> 1) ? 1 : 0;
        }
        return RankAgreement.jaccard(both, a.size);
    }
}
