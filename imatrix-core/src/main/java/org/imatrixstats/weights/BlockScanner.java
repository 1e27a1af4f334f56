package org.imatrixstats.weights;

import java.util.Arrays;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/**
 * The loops over values. Sums are spread over {@value #LANES} partial sums, one per position modulo that number, which the
 * compiler turns into vector instructions. Each thread has its own instance.
 */
final class BlockScanner {
    private static final int LANES = 256;
    /** Values read at a time, in whole rows: few enough to stay in the second-level cache. */
    private static final int PIECE = 1 << 15;

    private final TensorSource source;
    private final double[] a = new double[LANES];
    private final double[] b = new double[LANES];
    private final double[] c = new double[LANES];
    private float[] values = new float[0];
    private float[] finite = new float[0];
    private short[] half = new short[0];

    BlockScanner(TensorSource source) {
        this.source = source;
    }

    /** The first pass. */
    Block scan(TensorInfo tensor, long firstRow, int rows, boolean withColumnSums) throws FormatException {
        Precision precision = Precision.of(tensor.type());
        int columns = Math.toIntExact(tensor.ne0());
        WeightSums sums = WeightSums.NONE;
        int[] buckets = new int[Buckets.COUNT];
        double[] rowSquares = new double[rows];
        double[] columnSums = new double[withColumnSums ? columns : 0];
        double[] columnSquares = new double[columns];
        int step = rowsPerPiece(columns, rows);
        for (int row = 0; row < rows; row += step) {
            int read = Math.min(step, rows - row);
            int n = read * columns;
            source.readRows(tensor, firstRow + row, read, values, 0);
            Specials specials = Specials.of(values, n, precision);
            int m = finite(n, specials);
            sums = sums.merge(specials.sums(n, precision.isCounted() ? WeightSums.NONE : moments(m)));
            Buckets.count(finite, m, precision, half, buckets);
            if (m < n) {
                zeroNonFinite(values, n);
            }
            for (int i = 0; i < read; i++) {
                rowSquares[row + i] = squares(i * columns, columns, columnSquares);
                if (withColumnSums) {
                    add(values, i * columns, columns, columnSums);
                }
            }
        }
        return new Block(sums, buckets, rowSquares, columnSums, columnSquares);
    }

    /** A later pass, which counts digits. */
    void count(TensorInfo tensor, long firstRow, int rows, Refinement.Digit digit, long[] into) throws FormatException {
        int columns = Math.toIntExact(tensor.ne0());
        int step = rowsPerPiece(columns, rows);
        for (int row = 0; row < rows; row += step) {
            int read = Math.min(step, rows - row);
            int n = read * columns;
            source.readRows(tensor, firstRow + row, read, values, 0);
            int m = finite(n, Specials.of(values, n, Precision.F32));
            digit.count(finite, m, into);
        }
    }

    private int rowsPerPiece(int columns, int rows) {
        int step = Math.clamp(PIECE / columns, 1, rows);
        if (values.length < step * columns) {
            values = new float[step * columns];
            half = new short[values.length];
        }
        return step;
    }

    /** Makes {@link #finite} the finite ones of the first n values and returns how many there are. */
    private int finite(int n, Specials specials) {
        if (specials.nonFinite() == 0) {
            finite = values;
            return n;
        }
        finite = new float[n];
        int m = 0;
        for (int i = 0; i < n; i++) {
            finite[m] = values[i];
            m += Float.isFinite(values[i]) ? 1 : 0;
        }
        return m;
    }

    private static void zeroNonFinite(float[] v, int n) {
        for (int i = 0; i < n; i++) {
            v[i] = Float.isFinite(v[i]) ? v[i] : 0;
        }
    }

    /** Extremes, mean and central moments of the first n finite values. */
    WeightSums moments(int n) {
        if (n == 0) {
            return WeightSums.NONE;
        }
        clear();
        for (int i = 0; i < n; i += LANES) {
            addValues(finite, i, Math.min(LANES, n - i));
        }
        double mean = total(a) / n;
        double abs = total(b);
        clear();
        for (int i = 0; i < n; i += LANES) {
            addPowers(finite, i, Math.min(LANES, n - i), mean);
        }
        return new WeightSums(n, 0, 0, 0, 0, 0, 0, min(finite, n), max(finite, n), mean, total(a), total(b), total(c),
                abs);
    }

    private void addValues(float[] v, int from, int lanes) {
        for (int j = 0; j < lanes; j++) {
            a[j] += v[from + j];
            b[j] += Math.abs(v[from + j]);
        }
    }

    private void addPowers(float[] v, int from, int lanes, double mean) {
        for (int j = 0; j < lanes; j++) {
            double x = v[from + j] - mean;
            double x2 = x * x;
            a[j] += x2;
            b[j] += x2 * x;
            c[j] += x2 * x2;
        }
    }

    private static float min(float[] v, int n) {
        float min = Float.POSITIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            min = Math.min(min, v[i]);
        }
        return min;
    }

    private static float max(float[] v, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, v[i]);
        }
        return max;
    }

    /** Σx² of a row; adds x² to the columns. */
    double squares(int from, int columns, double[] columnSquares) {
        int lanes = Math.min(LANES, columns);
        Arrays.fill(a, 0, lanes, 0);
        for (int j = 0; j < columns; j += LANES) {
            addSquares(values, from + j, columnSquares, j, Math.min(LANES, columns - j));
        }
        double total = 0;
        for (int j = 0; j < lanes; j++) {
            total += a[j];
        }
        return total;
    }

    private void addSquares(float[] v, int from, double[] columns, int first, int lanes) {
        for (int j = 0; j < lanes; j++) {
            double x = v[from + j];
            double x2 = x * x;
            a[j] += x2;
            columns[first + j] += x2;
        }
    }

    private static void add(float[] v, int from, int columns, double[] into) {
        for (int j = 0; j < columns; j++) {
            into[j] += v[from + j];
        }
    }

    private void clear() {
        Arrays.fill(a, 0);
        Arrays.fill(b, 0);
        Arrays.fill(c, 0);
    }

    private static double total(double[] lanes) {
        double total = 0;
        for (double each : lanes) {
            total += each;
        }
        return total;
    }
}
