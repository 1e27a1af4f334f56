package org.imatrixstats.spectrum;

import java.util.Arrays;

import org.imatrixstats.io.FormatException;

/**
 * Exponents of the pooled spectra of square windows (FARMS, arXiv 2506.06280), which do not depend on the shape of the matrix.
 * Windows of 128 × 128 lie side by side from the top left; ragged margins are left out. Of more than 256 windows, 256 evenly
 * spaced ones are taken. A matrix smaller than a window is one window.
 *
 * @param windows     that the matrix has
 * @param windowsUsed of these
 * @param used        pooled eigenvalues
 */
public record Farms(int windows, int windowsUsed, int used, Exponents exponents) {
    static final int SIZE = 128;
    static final int MOST = 256;

    static Farms of(MatrixValues matrix) throws FormatException {
        if (matrix.small() < SIZE) {
            return of(new Spectrum(matrix.rows(), matrix.columns(), SingularValues.of(matrix)));
        }
        int across = matrix.columns() / SIZE;
        int total = Math.multiplyExact(matrix.rows() / SIZE, across);
        int taken = Math.min(total, MOST);
        double[] pool = new double[taken * SIZE];
        int size = 0;
        float[] rows = new float[SIZE * matrix.columns()];
        int read = -1;
        for (int j = 0; j < taken; j++) {
            int window = total <= MOST ? j : (int) ((2L * j + 1) * total / (2 * MOST));
            if (window / across != read) {
                read = window / across;
                matrix.read(read * SIZE, SIZE, rows);
            }
            double[] e = window(rows, matrix.columns(), window % across * SIZE, matrix.tensor().name());
            System.arraycopy(e, 0, pool, size, e.length);
            size += e.length;
        }
        double[] used = Arrays.copyOf(pool, size);
        Arrays.sort(used);
        return new Farms(total, taken, size, Exponents.of(used));
    }

    /** Figures of a matrix that is one window. */
    static Farms of(Spectrum whole) {
        double[] used = whole.isZero() ? new double[0] : whole.used();
        return new Farms(1, 1, used.length, Exponents.of(used));
    }

    private static double[] window(float[] rows, int columns, int from, String what) throws FormatException {
        double[] values = new double[SIZE * SIZE];
        for (int i = 0; i < SIZE; i++) {
            for (int j = 0; j < SIZE; j++) {
                values[i * SIZE + j] = rows[i * columns + from + j];
            }
        }
        Spectrum spectrum = new Spectrum(SIZE, SIZE, SingularValues.of(values, SIZE, SIZE, what));
        return spectrum.isZero() ? new double[0] : spectrum.used();
    }

    double[] numbers() {
        double[] numbers = Arrays.copyOf(new double[]{windows, windowsUsed, used}, 3 + Exponents.NUMBERS);
        System.arraycopy(exponents.numbers(), 0, numbers, 3, Exponents.NUMBERS);
        return numbers;
    }

    static Farms ofNumbers(double[] numbers) {
        return new Farms((int) numbers[0], (int) numbers[1], (int) numbers[2], Exponents.ofNumbers(numbers, 3));
    }
}
