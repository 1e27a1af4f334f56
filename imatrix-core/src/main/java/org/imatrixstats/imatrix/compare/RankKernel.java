package org.imatrixstats.imatrix.compare;

import java.util.Arrays;

import org.imatrixstats.gguf.FormatException;

/**
 * Ranks the columns of a pair by their means in each file, equal means sharing the average of their ranks, and compares
 * the ranks: Spearman's correlation, and whether the same columns are the largest.
 *
 * <p>Columns are sorted as 64-bit numbers, the key of a mean above the place of its column, by a radix sort, which takes
 * time proportional to the columns. Where all matrices of a tensor have one count, the key is the sum as it is stored.
 * Otherwise it is the mean as a double but for its lowest bits, by which columns of one key are sorted afterwards. All memory
 * is kept from pair to pair.
 */
final class RankKernel {
    /** Twice a rank is an int, a place fits beside the {@link #CUT} bits of a mean. */
    static final int MOST_COLUMNS = 1 << 30;
    private static final int BYTES_PER_COLUMN = 8 + 8 + 4 + 4;
    /** The lowest bits of a double that its key leaves out. */
    private static final int CUT = 30;
    /** Below any float over any count: keys of means have 31 bits, 9 of them of the exponent. */
    private static final long LEAST_MEAN = Double.doubleToRawLongBits(0x1p-256);
    private static final int HIGH_DIGIT_BITS = 11;
    private static final int LOW_DIGIT_BITS = 10;
    /** Fewer are sorted faster by comparing them. */
    private static final int WORTH_COUNTING = 128;

    private final TensorPair.Buffers buffers = new TensorPair.Buffers();
    private final int[] starts = new int[1 << HIGH_DIGIT_BITS];
    private final int[] histogram = new int[1 << LOW_DIGIT_BITS];
    /** Columns in the order of their means: first with the key of the mean, then with the rank, in the high 32 bits. */
    private long[] order = {};
    private long[] scratch = {};
    private float[] sums = {};
    private int[] ranksInA = {};
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
        rank(pair, pair.sideA());
        double xx = scatterRanks();
        Top onePercent = top(0.01);
        Top tenPercent = top(0.10);
        rank(pair, pair.sideB());
        return new Agreement(spearman(xx), overlap(onePercent, top(0.01)), overlap(tenPercent, top(0.10)));
    }

    private void allocate(int columns) {
        n = columns;
        if (order.length < n) {
            order = null;
            scratch = null;
            order = new long[n];
            scratch = new long[n];
            sums = new float[n];
            ranksInA = new int[n];
        }
    }

    // ---- ranking

    /** Leaves the columns in order, each with its rank: from 0 for the smallest mean, times 2, as there are halves. */
    private void rank(TensorPair pair, TensorPair.Side side) throws FormatException {
        readKeys(pair, side);
        int lowBits = scatterByHighDigit();
        int from = 0;
        for (int end : starts) {
            sortByLowBits(from, end, lowBits);
            rankSorted(pair, side, from, end);
            from = end;
        }
    }

    private void readKeys(TensorPair pair, TensorPair.Side side) throws FormatException {
        int[] at = new int[1];
        boolean alike = side.countsAlike();
        pair.forEachSpan(buffers, side, (values, count, length) -> {
            int from = at[0];
            if (alike) {
                for (int i = 0; i < length; i++) {
                    // + 0: there is only one zero.
                    scratch[from + i] = (long) Float.floatToRawIntBits(values[i] + 0f) << 32 | from + i;
                }
            } else {
                System.arraycopy(values, 0, sums, from, length);
                for (int i = 0; i < length; i++) {
                    long mean = Double.doubleToRawLongBits(values[i] / count);
                    scratch[from + i] = Math.max(0, mean - LEAST_MEAN) >>> CUT << 32 | from + i;
                }
            }
            at[0] = from + length;
        });
    }

    /**
     * Puts the columns in the order of the high digit of their keys, of as many bits as make many small parts, and leaves
     * where each part ends; returns the number of lower bits.
     */
    private int scatterByHighDigit() {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < n; i++) {
            least = Math.min(least, scratch[i]);
            most = Math.max(most, scratch[i]);
        }
        long base = least >>> 32 << 32;
        int lowBits = Math.max(0, Long.SIZE - 32 - HIGH_DIGIT_BITS - Long.numberOfLeadingZeros(most - base));
        int shift = 32 + lowBits;
        Arrays.fill(starts, 0);
        for (int i = 0; i < n; i++) {
            starts[(int) (scratch[i] - base >>> shift)]++;
        }
        toStarts(starts);
        for (int i = 0; i < n; i++) {
            long column = scratch[i] - base;
            order[starts[(int) (column >>> shift)]++] = column;
        }
        return lowBits;
    }

    /** Turns the number of elements of each part into where it starts. */
    private static void toStarts(int[] sizes) {
        int start = 0;
        for (int part = 0; part < sizes.length; part++) {
            int size = sizes[part];
            sizes[part] = start;
            start += size;
        }
    }

    /** Sorts columns whose high digits are the same, which mostly are few enough for the second-level cache. */
    private void sortByLowBits(int from, int end, int bits) {
        if (end - from < WORTH_COUNTING) {
            Arrays.sort(order, from, end);
        } else if (bits > 0) {
            int digit = (bits + 1) / 2;
            sortByDigit(order, from, scratch, 0, end - from, 32, digit);
            sortByDigit(scratch, 0, order, from, end - from, 32 + digit, digit);
        }
    }

    private void sortByDigit(long[] source, int sourceFrom, long[] target, int targetFrom, int length, int shift,
            int bits) {
        int mask = (1 << bits) - 1;
        Arrays.fill(histogram, 0);
        for (int i = sourceFrom; i < sourceFrom + length; i++) {
            histogram[(int) (source[i] >>> shift) & mask]++;
        }
        toStarts(histogram);
        for (int i = sourceFrom; i < sourceFrom + length; i++) {
            long element = source[i];
            target[targetFrom + histogram[(int) (element >>> shift) & mask]++] = element;
        }
    }

    private void rankSorted(TensorPair pair, TensorPair.Side side, int from, int to) {
        for (int first = from, end; first < to; first = end) {
            long key = order[first] >>> 32;
            end = first + 1;
            if (end == to || order[end] >>> 32 != key) {
                setRank(first, 2 * first);
                continue;
            }
            do {
                end++;
            } while (end < to && order[end] >>> 32 == key);
            if (side.countsAlike()) {
                share(first, end);
            } else {
                rankByLowestBits(pair, side, first, end);
            }
        }
    }

    private void setRank(int at, int rank) {
        order[at] = (long) rank << 32 | column(at);
    }

    private int column(int at) {
        return (int) order[at];
    }

    private int rank(int at) {
        return (int) (order[at] >>> 32);
    }

    /** Gives columns of equal means their average rank. */
    private void share(int first, int end) {
        for (int i = first; i < end; i++) {
            setRank(i, first + end - 1);
        }
    }

    /** Sorts columns of one key by the bits of their means that the key leaves out, and then by place. */
    private void rankByLowestBits(TensorPair pair, TensorPair.Side side, int first, int end) {
        for (int i = first; i < end; i++) {
            int place = column(i);
            double mean = sums[place] / (double) side.countOfMatrixInBoth((int) (place / pair.columns())) + 0.0;
            scratch[i] = Double.doubleToRawLongBits(mean) << Long.SIZE - CUT >>> Long.SIZE - 2 * CUT | place;
        }
        Arrays.sort(scratch, first, end);
        for (int i = first, next; i < end; i = next) {
            long mean = scratch[i] >>> CUT;
            next = i;
            do {
                order[next] = scratch[next] & (1L << CUT) - 1;
                next++;
            } while (next < end && scratch[next] >>> CUT == mean);
            share(i, next);
        }
    }

    // ---- comparing the ranks

    /** Keeps the ranks by column; returns the sum of the squares of twice their distances from their mean. */
    private double scatterRanks() {
        double squares = 0;
        for (int i = 0; i < n; i++) {
            int rank = rank(i);
            ranksInA[column(i)] = rank;
            double x = rank - (n - 1);
            squares += x * x;
        }
        return squares;
    }

    /** The ranks times 2 of both files have the mean n − 1, ties or not. */
    private double spearman(double xx) {
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < n; i++) {
            double x = ranksInA[column(i)] - (n - 1);
            double y = rank(i) - (n - 1);
            yy += y * y;
            xy += x * y;
        }
        return xx > 0 && yy > 0 ? Math.clamp(xy / Math.sqrt(xx * yy), -1, 1) : Double.NaN;
    }

    /**
     * The largest columns of a file; of those with the mean of the least of them the ones that come first.
     *
     * @param first     where the columns with the mean of the least start in the order
     * @param taken     how many of these are among the largest
     * @param end       where they end
     * @param leastRank their rank
     * @param lastTaken the last of those that are among the largest
     */
    private record Top(int size, int first, int taken, int end, int leastRank, int lastTaken) {
        boolean has(int column, int rank) {
            return rank > leastRank || rank == leastRank && column <= lastTaken;
        }
    }

    private Top top(double share) {
        int size = (int) Math.ceil(share * n);
        int least = n - size;
        int rank = rank(least);
        int end = least + 1;
        while (end < n && rank(end) == rank) {
            end++;
        }
        int first = rank - end + 1;
        int taken = end - least;
        return new Top(size, first, taken, end, rank, column(first + taken - 1));
    }

    /** Jaccard index of the largest columns of A and B, by the ranks in A and the order of B. */
    private double overlap(Top a, Top b) {
        int both = both(a, b.first, b.first + b.taken) + both(a, b.end, n);
        return both / (double) (2 * a.size - both);
    }

    private int both(Top a, int from, int end) {
        int both = 0;
        for (int i = from; i < end; i++) {
            both += a.has(column(i), ranksInA[column(i)]) ? 1 : 0;
        }
        return both;
    }
}
