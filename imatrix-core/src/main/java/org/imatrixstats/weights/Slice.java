package org.imatrixstats.weights;

/** The sums of the parts of an expert, or of those of a whole tensor, taken in their order. */
final class Slice {
    private WeightSums sums = WeightSums.NONE;
    private final long[] buckets = new long[Buckets.COUNT];
    private final double[] rowSquares;
    private int rows;
    private double[] columnSums = {};
    private final double[] columnSquares;

    Slice(long rows, long columns) {
        rowSquares = new double[Math.toIntExact(rows)];
        columnSquares = new double[Math.toIntExact(columns)];
    }

    void add(PartSums part) {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] += part.buckets()[i];
        }
        add(part.sums(), part.rowSquares(), part.rowSquares().length, part.columnSums(), part.columnSquares());
    }

    void add(Slice slice) {
        add(slice.buckets, buckets);
        add(slice.sums, slice.rowSquares, slice.rows, slice.columnSums, slice.columnSquares);
    }

    private void add(WeightSums more, double[] moreRows, int count, double[] moreSums, double[] moreSquares) {
        sums = sums.merge(more);
        System.arraycopy(moreRows, 0, rowSquares, rows, count);
        rows += count;
        if (columnSums.length < moreSums.length) {
            columnSums = new double[moreSums.length];
        }
        add(moreSums, columnSums);
        add(moreSquares, columnSquares);
    }

    private static void add(long[] from, long[] into) {
        for (int i = 0; i < from.length; i++) {
            into[i] += from[i];
        }
    }

    private static void add(double[] from, double[] into) {
        for (int i = 0; i < from.length; i++) {
            into[i] += from[i];
        }
    }

    WeightSums sums() {
        return sums;
    }

    long[] buckets() {
        return buckets;
    }

    double[] rowSquares() {
        return rowSquares;
    }

    double[] columnSums() {
        return columnSums;
    }

    double[] columnSquares() {
        return columnSquares;
    }
}
