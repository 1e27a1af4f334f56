package org.imatrixstats.weights;

import java.util.Arrays;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** The loops over pairs of values; see {@link BlockScanner} for how they add. Each thread has its own instance. */
final class ChangeScanner {
    private static final int LANES = 256;

    private final TensorSource sourceA;
    private final TensorSource sourceB;
    private final double[] squaresA = new double[LANES];
    private final double[] squaresB = new double[LANES];
    private final double[] products = new double[LANES];
    private final double[] changes = new double[LANES];
    private float[] a = new float[0];
    private float[] b = new float[0];

    ChangeScanner(TensorSource sourceA, TensorSource sourceB) {
        this.sourceA = sourceA;
        this.sourceB = sourceB;
    }

    /** @param weights of the columns; null without */
    ChangeSums scan(TensorInfo tensorA, TensorInfo tensorB, Grid grid, Partition part, double[] weights)
            throws FormatException {
        int columns = Math.toIntExact(tensorA.ne0());
        ChangeSums sums = ChangeSums.NONE;
        for (Block block : part.wholeRows(BlockScanner.READ)) {
            if (a.length < block.length()) {
                a = new float[block.length()];
                b = new float[block.length()];
            }
            grid.read(sourceA, tensorA, part, block, a);
            grid.read(sourceB, tensorB, part, block, b);
            sums = sums.merge(piece(block.length(), columns, grid.firstRow(part, block) * columns, weights));
        }
        return sums;
    }

    private ChangeSums piece(int n, int columns, long first, double[] weights) {
        int changed = changed(n);
        add(n);
        int left = 0;
        if (!Double.isFinite(total(squaresA) + total(squaresB))) {
            left = leaveOutNonFinite(n);
            add(n);
        }
        double weightedChange = 0;
        double weightedSquares = 0;
        for (int row = 0; weights != null && row < n; row += columns) {
            for (int j = 0; j < columns; j++) {
                double d = (double) b[row + j] - a[row + j];
                weightedChange += weights[j] * d * d;
                weightedSquares += weights[j] * a[row + j] * a[row + j];
            }
        }
        double largest = changed == 0 ? 0 : largest(n);
        return new ChangeSums(n, changed, left, total(squaresA), total(squaresB), total(products), total(changes),
                largest, largest == 0 ? -1 : first + at(n, largest), weightedChange, weightedSquares);
    }

    private int changed(int n) {
        int changed = 0;
        for (int i = 0; i < n; i++) {
            changed += a[i] == b[i] || a[i] != a[i] && b[i] != b[i] ? 0 : 1;
        }
        return changed;
    }

    private void add(int n) {
        for (double[] each : new double[][]{squaresA, squaresB, products, changes}) {
            Arrays.fill(each, 0);
        }
        for (int i = 0; i < n; i += LANES) {
            add(a, b, i, Math.min(LANES, n - i));
        }
    }

    private void add(float[] valuesA, float[] valuesB, int from, int lanes) {
        for (int j = 0; j < lanes; j++) {
            double x = valuesA[from + j];
            double y = valuesB[from + j];
            double d = y - x;
            squaresA[j] += x * x;
            squaresB[j] += y * y;
            products[j] += x * y;
            changes[j] += d * d;
        }
    }

    /** Makes pairs with a NaN or an infinity zero, and returns how many there are. */
    private int leaveOutNonFinite(int n) {
        int left = 0;
        for (int i = 0; i < n; i++) {
            if (!Float.isFinite(a[i]) || !Float.isFinite(b[i])) {
                a[i] = 0;
                b[i] = 0;
                left++;
            }
        }
        return left;
    }

    private double largest(int n) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, Math.abs((double) b[i] - a[i]));
        }
        return largest;
    }

    private int at(int n, double change) {
        int at = 0;
        while (at < n - 1 && Math.abs((double) b[at] - a[at]) != change) {
            at++;
        }
        return at;
    }

    private static double total(double[] lanes) {
        double total = 0;
        for (double each : lanes) {
            total += each;
        }
        return total;
    }
}
