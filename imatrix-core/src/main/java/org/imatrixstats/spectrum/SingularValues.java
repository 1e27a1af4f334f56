package org.imatrixstats.spectrum;

import java.util.Arrays;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.svd.SvdImplicitQrDecompose_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.imatrixstats.io.FormatException;

/**
 * All singular values of a matrix, by one of three ways:
 *
 * <ul>
 * <li>a matrix that is nearly square: bidiagonalization of the whole;
 * <li>one that is much longer than wide: eigenvalues of its Gram matrix, which takes a half of the time and the memory of the
 * shorter side alone. That loses the small ones, so it is taken back where the condition is above {@value #GRAM_CONDITION};
 * <li>then: the triangular factor of a QR decomposition, by panels, and its singular values.
 * </ul>
 */
final class SingularValues {
    /** Up to this condition number, the squares of the least singular values have seven digits. */
    private static final double GRAM_CONDITION = 1e4;
    private static final double LONG = 1.5;
    private static final int GRAM_PANEL = 256;
    private static final int QR_PANEL = 64;
    /** Below, a whole matrix takes no noticeable memory or time. */
    private static final long FEW = 1 << 16;

    private SingularValues() {
    }

    /** Bytes of memory that it takes, at most. */
    static long bytes(long rows, long columns) {
        long small = Math.min(rows, columns);
        long large = Math.max(rows, columns);
        long copies = 2 * Double.BYTES * (isWhole(small, large) ? large * small : small * small);
        return copies + (small * (Double.BYTES + Float.BYTES) * GRAM_PANEL + Double.BYTES * 8 * large) + (16 << 20);
    }

    /** Floating-point operations that it takes, about. */
    static long work(long rows, long columns) {
        long small = Math.min(rows, columns);
        long large = Math.max(rows, columns);
        // Bidiagonalization waits for memory: an operation of it takes three times as long as one of a product.
        return isWhole(small, large)
                ? small * small * (8 * large)
                : small * small * (large + 4 * small);
    }

    private static boolean isWhole(long small, long large) {
        return small * large <= FEW || large < LONG * small;
    }

    /** Descending. */
    static double[] of(MatrixValues matrix) throws FormatException {
        if (isWhole(matrix.small(), matrix.large())) {
            return of(whole(matrix), matrix.large(), matrix.small(), matrix.tensor().name());
        }
        double[] sigma = ofGram(gram(matrix), matrix.small(), matrix.tensor().name());
        return sigma[sigma.length - 1] * GRAM_CONDITION >= sigma[0]
                ? sigma
                : of(triangle(matrix), matrix.small(), matrix.small(), matrix.tensor().name());
    }

    private static double[] whole(MatrixValues matrix) throws FormatException {
        double[] all = new double[Math.multiplyExact(matrix.large(), matrix.small())];
        int[] at = {0};
        matrix.tall(GRAM_PANEL, (values, count) -> {
            System.arraycopy(values, 0, all, at[0], count * matrix.small());
            at[0] += count * matrix.small();
        });
        return all;
    }

    /**
     * By EJML's implicit QR algorithm.
     *
     * @param values row by row; overwritten
     * @param what   for the error that the iteration does not converge
     */
    static double[] of(double[] values, int rows, int columns, String what) throws FormatException {
        double largest = 0;
        for (double each : values) {
            largest = Math.max(largest, Math.abs(each));
        }
        if (largest == 0) {
            return new double[Math.min(rows, columns)];
        }
        SvdImplicitQrDecompose_DDRM svd = new SvdImplicitQrDecompose_DDRM(true, false, false, false);
        if (!svd.decompose(DMatrixRMaj.wrap(rows, columns, values))) {
            throw unsolved(what);
        }
        return descending(Arrays.copyOf(svd.getSingularValues(), Math.min(rows, columns)));
    }

    private static FormatException unsolved(String what) {
        return new FormatException(what, "its singular values could not be computed: the iteration did not converge");
    }

    private static double[] descending(double[] sigma) {
        Arrays.sort(sigma);
        for (int i = 0, j = sigma.length - 1; i < j; i++, j--) {
            double least = sigma[i];
            sigma[i] = sigma[j];
            sigma[j] = least;
        }
        return sigma;
    }

    static double[] ofGram(double[] gram, int n, String what) throws FormatException {
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(n, false, true);
        if (!eigen.decompose(DMatrixRMaj.wrap(n, n, gram))) {
            throw unsolved(what);
        }
        double[] sigma = new double[n];
        for (int i = 0; i < n; i++) {
            sigma[i] = Math.sqrt(Math.max(0, eigen.getEigenvalue(i).real));
        }
        return descending(sigma);
    }

    /** AᵀA of the tall matrix or transpose. */
    private static double[] gram(MatrixValues matrix) throws FormatException {
        int n = matrix.small();
        double[] gram = new double[Math.multiplyExact(n, n)];
        matrix.tall(GRAM_PANEL, (values, count) -> Products.addGram(values, count, n, gram));
        mirror(gram, n);
        return gram;
    }

    private static void mirror(double[] gram, int n) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                gram[i * n + j] = gram[j * n + i];
            }
        }
    }

    /** The triangular factor R of A = QR, of the tall matrix or transpose: Householder reflections, a panel at a time. */
    private static double[] triangle(MatrixValues matrix) throws FormatException {
        int n = matrix.small();
        double[] triangle = new double[Math.multiplyExact(n, n)];
        double[] products = new double[n];
        matrix.tall(QR_PANEL, (values, count) -> {
            for (int column = 0; column < n; column++) {
                Products.reflect(triangle, values, count, n, column, products);
            }
        });
        return triangle;
    }

    /** Of A·Bᵀ, descending. Its small ones are only exact relative to the largest. */
    static double[] ofProduct(MatrixValues a, MatrixValues b) throws FormatException {
        MatrixValues tall = a.rows() >= b.rows() ? a : b;
        MatrixValues other = tall == a ? b : a;
        int p = tall.rows();
        int q = other.rows();
        double[] product = Products.timesTransposed(all(tall), p, all(other), q, tall.columns());
        if (isWhole(q, p)) {
            return of(product, p, q, tall.tensor().name());
        }
        double[] gram = new double[q * q];
        Products.addGram(product, p, q, gram);
        mirror(gram, q);
        return ofGram(gram, q, tall.tensor().name());
    }

    private static float[] all(MatrixValues matrix) throws FormatException {
        float[] values = new float[Math.multiplyExact(matrix.rows(), matrix.columns())];
        matrix.read(0, matrix.rows(), values);
        return values;
    }
}
