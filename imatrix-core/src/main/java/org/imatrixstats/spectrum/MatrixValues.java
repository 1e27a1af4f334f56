package org.imatrixstats.spectrum;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/**
 * One matrix of a tensor, row by row: [rows, columns] = [out, in].
 *
 * @param expert the matrix, counted from 0
 */
record MatrixValues(TensorSource source, TensorInfo tensor, int expert) {
    /** Values that are in memory at a time, about. */
    private static final int PANEL = 1 << 20;

    int rows() {
        return Math.toIntExact(tensor.dims().get(1));
    }

    int columns() {
        return Math.toIntExact(tensor.ne0());
    }

    int small() {
        return Math.min(rows(), columns());
    }

    int large() {
        return Math.max(rows(), columns());
    }

    void read(int firstRow, int count, float[] into) throws FormatException {
        source.readRows(tensor, (long) expert * rows() + firstRow, count, into, 0);
    }

    /** Rows to read at a time. */
    int rowsAtOnce() {
        return Math.clamp(PANEL / columns(), 1, rows());
    }

    /** Takes some rows of the matrix or of its transpose, whichever is tall. */
    @FunctionalInterface
    interface Panel {
        /** @param values {@code count} rows of {@link #small()} values */
        void take(double[] values, int count);
    }

    /**
     * Gives the rows of the matrix, or the columns of one that is wide, a panel at a time.
     *
     * @param most rows of a panel
     */
    void tall(int most, Panel panel) throws FormatException {
        if (rows() >= columns()) {
            float[] rows = new float[Math.multiplyExact(most, columns())];
            double[] values = new double[rows.length];
            for (int row = 0; row < rows(); row += most) {
                int count = Math.min(most, rows() - row);
                read(row, count, rows);
                for (int i = 0; i < count * columns(); i++) {
                    values[i] = rows[i];
                }
                panel.take(values, count);
            }
        } else {
            columns(most, panel);
        }
    }

    /** Reads all rows for each panel of columns: decoding takes a small part of the time of what is done with them. */
    private void columns(int most, Panel panel) throws FormatException {
        int each = rowsAtOnce();
        float[] rows = new float[each * columns()];
        double[] values = new double[Math.multiplyExact(most, rows())];
        for (int column = 0; column < columns(); column += most) {
            int count = Math.min(most, columns() - column);
            for (int row = 0; row < rows(); row += each) {
                int read = Math.min(each, rows() - row);
                read(row, read, rows);
                for (int i = 0; i < read; i++) {
                    for (int j = 0; j < count; j++) {
                        values[j * rows() + row + i] = rows[i * columns() + column + j];
                    }
                }
            }
            panel.take(values, count);
        }
    }
}
