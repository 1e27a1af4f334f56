package org.imatrixstats.compare;

import java.io.IOException;
import java.util.Arrays;

/**
 * Ranks the columns of a pair by their means in each file, equal means sharing the average of their ranks, and compares
 * the ranks: Spearman's correlation, and whether the same columns are the largest.
 *
 * <p>Columns are sorted as 64-bit numbers, the key of a mean above the place of its column: into parts by the highest bits
 * of the keys, each part into parts of a column or two by the bits that follow, and these by insertion; that takes time
 * proportional to the columns. A key is the mean as a double but for as many of its lowest bits as the place needs; by
 * these, columns of one key are sorted afterwards. All memory is kept from pair to pair.
 */
final class RankKernel {
    /** Twice a rank is an int. */
    static final int MOST_COLUMNS = 1 << 30;
    private static final int BYTES_PER_COLUMN = 8 + 8 + 4 + 4;
    /** Added to a mean: in place of 0, and too small to change any float over any count. */
    private static final double LEAST_MEAN = 0x1p-300;
    private static final long LEAST_BITS = Double.doubleToRawLongBits(LEAST_MEAN);
    /** Of a mean: 52 of its fraction, and 9 of its exponent above that of the least. */
    private static final int MEAN_BITS = 61;
    private static final int LEAST_DIGIT_BITS = 9;
    private static final int MOST_DIGIT_BITS = 14;
    /** Fewer are sorted by insertion without being parted. */
    private static final int WORTH_PARTING = 16;
    /** More are too many to be sorted by insertion. */
    private static final int MOST_INSERTED = 64;

    private final TensorPair.Buffers buffers = new TensorPair.Buffers();
    private final int[] ends = new int[1 << MOST_DIGIT_BITS];
    private final int[] smallEnds = new int[1 << MOST_DIGIT_BITS];
    /** Columns in the order of their means: first with the key of the mean, then with the rank, in the high 32 bits. */
    private long[] order = {};
    private long[] scratch = {};
    private float[] sums = {};
    private int[] ranksInA = {};
    private int n;
    private int placeBits;
    /** Lowest bits of a mean that its key leaves out. */
    private int cutBits;

    /** Memory that it takes to rank so many columns. */
    static long bytes(long columns) {
        return BYTES_PER_COLUMN * columns;
    }

    /** The pair must have at least one column that both files have, and only finite values that are not negative. */
    RankAgreement of(TensorPair pair) throws IOException {
        allocate(Math.toIntExact(pair.elements()));
        rank(pair, pair.sideA());
        double xx = scatterRanks();
        Top onePercent = top(0.01);
        Top tenPercent = top(0.10);
        rank(pair, pair.sideB());
        return new RankAgreement(spearman(xx), overlap(onePercent, top(0.01)), overlap(tenPercent, top(0.10)));
    }

    private void allocate(int columns) {
        n = columns;
        placeBits = bitLength(columns);
        cutBits = Math.max(0, MEAN_BITS + placeBits - (Long.SIZE - 1));
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
    private void rank(TensorPair pair, TensorPair.Side side) throws IOException {
        int digit = Math.clamp(placeBits - 4, LEAST_DIGIT_BITS, MOST_DIGIT_BITS);
        int lowBits = MEAN_BITS - cutBits + placeBits - digit;
        Arrays.fill(ends, 0, 1 << digit, 0);
        readKeys(pair, side, lowBits);
        toStarts(ends, 1 << digit);
        scatter(scratch, order, 0, n, ends, lowBits, -1);
        int from = 0;
        for (int part = 0; part < 1 << digit; part++) {
            sort(from, ends[part], lowBits);
            rankSorted(pair, side, from, ends[part]);
            from = ends[part];
        }
    }

    private static int bitLength(int number) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(number);
    }

    /** Makes a number of each column, and counts those that are alike but for the lowest bits. */
    private void readKeys(TensorPair pair, TensorPair.Side side, int lowBits) throws IOException {
        int[] at = new int[1];
        pair.forEachSpan(buffers, side, (values, count, from, to) -> {
            int first = at[0];
            at[0] += to - from;
            System.arraycopy(values, from, sums, first, to - from);
            for (int i = first; i < at[0]; i++) {
                scratch[i] = meanBits(sums[i], count) >>> cutBits << placeBits | i;
            }
            for (int i = first; i < at[0]; i++) {
                ends[(int) (scratch[i] >>> lowBits)]++;
            }
        });
    }

    /** A number that grows with the mean. */
    static long meanBits(float sum, double count) {
        return Double.doubleToRawLongBits(sum / count + LEAST_MEAN) - LEAST_BITS;
    }

    /** Turns the sizes of parts into where they start; returns the largest. */
    private static int toStarts(int[] sizes, int parts) {
        int start = 0;
        int largest = 0;
        for (int part = 0; part < parts; part++) {
            int size = sizes[part];
            sizes[part] = start;
            start += size;
            largest = Math.max(largest, size);
        }
        return largest;
    }

    /** Puts columns into parts by a digit; turns where the parts start into where they end. */
    private static void scatter(long[] source, long[] target, int from, int end, int[] starts, int shift, int mask) {
        for (int i = from; i < end; i++) {
            long element = source[i];
            target[from + starts[(int) (element >>> shift) & mask]++] = element;
        }
    }

    /** Sorts columns whose numbers are alike but for the lowest bits. */
    private void sort(int from, int end, int lowBits) {
        int size = end - from;
        if (size < WORTH_PARTING) {
            insert(order, from, end);
            return;
        }
        int digit = Math.min(Math.min(bitLength(size), MOST_DIGIT_BITS), lowBits - placeBits);
        int shift = lowBits - digit;
        int mask = (1 << digit) - 1;
        Arrays.fill(smallEnds, 0, 1 << digit, 0);
        for (int i = from; i < end; i++) {
            smallEnds[(int) (order[i] >>> shift) & mask]++;
        }
        if (toStarts(smallEnds, 1 << digit) > MOST_INSERTED) {
            Arrays.sort(order, from, end);
        } else {
            scatter(order, scratch, from, end, smallEnds, shift, mask);
            insert(scratch, from, end);
        }
    }

    /** Sorts columns that are near their places from a source into the order, which may be the source. */
    private void insert(long[] source, int from, int end) {
        for (int i = from; i < end; i++) {
            long element = source[i];
            int at = i;
            while (at > from && order[at - 1] > element) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = element;
        }
    }

    private void rankSorted(TensorPair pair, TensorPair.Side side, int from, int to) {
        for (int first = from, end; first < to; first = end) {
            long key = order[first] >>> placeBits;
            end = first + 1;
            if (end == to || order[end] >>> placeBits != key) {
                setRank(first, place(order[first]), 2 * first);
                continue;
            }
            do {
                end++;
            } while (end < to && order[end] >>> placeBits == key);
            rankByLowestBits(pair, side, first, end);
        }
    }

    private int place(long number) {
        return (int) number & (1 << placeBits) - 1;
    }

    private void setRank(int at, int column, int rank) {
        order[at] = (long) rank << 32 | column;
    }

    private int column(int at) {
        return (int) order[at];
    }

    private int rank(int at) {
        return (int) (order[at] >>> 32);
    }

    /** Sorts columns of one key by the bits of their means that it leaves out, and then by place; equal ones share a rank. */
    private void rankByLowestBits(TensorPair pair, TensorPair.Side side, int first, int end) {
        for (int i = first; i < end; i++) {
            int place = place(order[i]);
            long mean = meanBits(sums[place], side.countOfMatrixInBoth((int) (place / pair.columns())));
            scratch[i] = (mean & (1L << cutBits) - 1) << placeBits | place;
        }
        Arrays.sort(scratch, first, end);
        for (int i = first, next; i < end; i = next) {
            long mean = scratch[i] >>> placeBits;
            next = i + 1;
            while (next < end && scratch[next] >>> placeBits == mean) {
                next++;
            }
            for (int j = i; j < next; j++) {
                setRank(j, place(scratch[j]), i + next - 1);
            }
        }
    }

    // ---- comparing the ranks

    /** Keeps the ranks by column; returns the sum of the squares of twice their distances from their mean. */
    private double scatterRanks() {
        double inSum2 = 0;
        for (int i = 0; i < n; i++) {
            int rank = rank(i);
            ranksInA[column(i)] = rank;
            double x = rank - (n - 1);
            inSum2 += x * x;
        }
        return inSum2;
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
