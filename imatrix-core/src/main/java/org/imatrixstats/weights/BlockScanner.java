package org.imatrixstats.weights;

import java.util.Arrays;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.Kernels;
import org.imatrixstats.numeric.Moments;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/**
 * The loops over values. Sums are spread over {@value #LANES} partial sums, one per position modulo that number, which the
 * compiler turns into vector instructions. Each thread has its own instance.
 */
final class BlockScanner {
    private static final int LANES = 256;
    /** The bucket of −0. */
    private static final int NEGATIVE_ZERO = 1 << 15;
    /** Values read at a time, in whole rows: few enough to stay in the second-level cache. */
    static final int READ = 1 << 15;

    private final TensorSource source;
    private final Kernels kernels = new Kernels();
    private final double[] lanes = new double[LANES];
    private float[] values = new float[0];
    private float[] finite = new float[0];
    private short[] half = new short[0];

    BlockScanner(TensorSource source) {
        this.source = source;
    }

    /** The first pass. */
    PartSums scan(TensorInfo tensor, Grid grid, Partition part, boolean withColumnSums) throws FormatException {
        Precision precision = Precision.of(tensor.type());
        int columns = Math.toIntExact(tensor.ne0());
        WeightSums sums = WeightSums.NONE;
        int[] buckets = new int[Buckets.COUNT];
        double[] rowSquares = new double[Math.toIntExact(part.rows())];
        double[] columnSums = new double[withColumnSums ? columns : 0];
        double[] columnSquares = new double[columns];
        for (Block block : part.wholeRows(READ)) {
            int n = block.length();
            int read = n / columns;
            int row = Math.toIntExact(block.start() / columns - part.firstRow());
            read(tensor, grid, part, block);
            boolean finite = squares(read, columns, rowSquares, row);
            if (precision.isCounted()) {
                Buckets.count(values, n, precision, half, buckets);
            } else {
                sums = sums.merge(floats(n, finite, buckets));
            }
            if (!finite) {
                zeroNonFinite(n);
                squares(read, columns, rowSquares, row);
            }
            for (int i = 0; i < read; i++) {
                addSquares(values, i * columns, columns, columnSquares);
                if (withColumnSums) {
                    add(values, i * columns, columns, columnSums);
                }
            }
        }
        return new PartSums(sums, buckets, rowSquares, columnSums, columnSquares);
    }

    /** A later pass, which counts digits. */
    void count(TensorInfo tensor, Grid grid, Partition part, Refinement.Digit digit, int[] into)
            throws FormatException {
        for (Block block : part.wholeRows(READ)) {
            read(tensor, grid, part, block);
            digit.count(values, block.length(), into);
        }
    }

    private void read(TensorInfo tensor, Grid grid, Partition part, Block block) throws FormatException {
        if (values.length < block.length()) {
            values = new float[block.length()];
            half = new short[block.length()];
        }
        grid.read(source, tensor, part, block, values);
    }

    /** Σx² of rows; returns whether all values are finite. */
    private boolean squares(int rows, int columns, double[] into, int first) {
        boolean finite = true;
        for (int i = 0; i < rows; i++) {
            into[first + i] = squares(values, i * columns, columns);
            finite &= Double.isFinite(into[first + i]);
        }
        return finite;
    }

    private static double squares(float[] v, int from, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        for (; i < from + n - 3; i += 4) {
            s0 += (double) v[i] * v[i];
            s1 += (double) v[i + 1] * v[i + 1];
            s2 += (double) v[i + 2] * v[i + 2];
            s3 += (double) v[i + 3] * v[i + 3];
        }
        for (; i < from + n; i++) {
            s0 += (double) v[i] * v[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    private static void addSquares(float[] v, int from, int columns, double[] into) {
        for (int j = 0; j < columns; j++) {
            double x = v[from + j];
            into[j] += x * x;
        }
    }

    private void zeroNonFinite(int n) {
        for (int i = 0; i < n; i++) {
            values[i] = Float.isFinite(values[i]) ? values[i] : 0;
        }
    }

    /** The sums of n values that are not counted, and the buckets of the finite ones. */
    private WeightSums floats(int n, boolean allFinite, int[] buckets) {
        int m = allFinite ? n : finite(n);
        float[] v = allFinite ? values : finite;
        int near = buckets[0] + buckets[NEGATIVE_ZERO];
        Buckets.count(v, m, Precision.F32, half, buckets);
        boolean zeros = buckets[0] + buckets[NEGATIVE_ZERO] > near;
        int positiveZeros = zeros ? count(v, m, 0.0f) : 0;
        int negativeZeros = zeros ? count(v, m, -0.0f) : 0;
        int positive = allFinite ? 0 : count(values, n, Float.POSITIVE_INFINITY);
        int negative = allFinite ? 0 : count(values, n, Float.NEGATIVE_INFINITY);
        Moments central = kernels.central(v, 0, m, 1);
        Moments moments = m == 0
                ? Moments.EMPTY
                : new Moments(m, central.sum(), central.mean(), central.m2(), central.m3(), central.m4(), min(v, m),
                        max(v, m), 0, 0);
        return new WeightSums(n, positiveZeros + negativeZeros, negativeZeros, n - m - positive - negative, positive,
                negative, 0, moments, sumAbs(v, m));
    }

    /** Values of exactly these bits. */
    private static int count(float[] v, int n, float value) {
        int bits = Float.floatToRawIntBits(value);
        int count = 0;
        for (int i = 0; i < n; i++) {
            count += Float.floatToRawIntBits(v[i]) == bits ? 1 : 0;
        }
        return count;
    }

    /** Copies the finite ones of the first n values and returns how many there are. */
    private int finite(int n) {
        finite = new float[n];
        int m = 0;
        for (int i = 0; i < n; i++) {
            finite[m] = values[i];
            m += Float.isFinite(values[i]) ? 1 : 0;
        }
        return m;
    }

    private double sumAbs(float[] v, int n) {
        Arrays.fill(lanes, 0);
        for (int i = 0; i < n; i += LANES) {
            addAbs(v, i, Math.min(LANES, n - i));
        }
        double total = 0;
        for (double each : lanes) {
            total += each;
        }
        return total;
    }

    private void addAbs(float[] v, int from, int count) {
        for (int j = 0; j < count; j++) {
            lanes[j] += Math.abs(v[from + j]);
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

    private static void add(float[] v, int from, int columns, double[] into) {
        for (int j = 0; j < columns; j++) {
            into[j] += v[from + j];
        }
    }
}
