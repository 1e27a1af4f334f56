package org.imatrixstats.weights;

import java.io.IOException;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.tensor.TensorInfo;

/**
 * E[x²] of the input columns of a tensor.
 *
 * @param squares per expert, or once for all; null for an expert that no token reached
 */
public record Importance(double[][] squares) {
    /** Null if the matrix has nothing for the tensor, or it is of another shape. */
    public static Importance of(Imatrix imatrix, TensorInfo tensor) throws IOException {
        ImatrixEntry entry = imatrix == null ? null : imatrix.entries().get(tensor.name());
        if (entry == null || entry.columns() != tensor.ne0()
                || entry.experts() > 1 && entry.experts() != tensor.dims().getLast()) {
            return null;
        }
        int columns = Math.toIntExact(entry.columns());
        double[][] squares = new double[entry.experts()][];
        float[] sums = new float[columns];
        for (int expert = 0; expert < squares.length; expert++) {
            long count = entry.count(expert);
            if (count > 0) {
                imatrix.inSum2(entry, (long) expert * columns, sums, columns);
                squares[expert] = new double[columns];
                for (int j = 0; j < columns; j++) {
                    squares[expert][j] = (double) sums[j] / count;
                }
            }
        }
        return new Importance(squares);
    }

    /** Null for an expert that no token reached. */
    public double[] ofExpert(int expert) {
        return squares[squares.length == 1 ? 0 : expert];
    }

    /** Σ of E[x²] over the experts, for each column. */
    double[] total() {
        double[] total = null;
        for (double[] each : squares) {
            if (each != null) {
                total = total == null ? new double[each.length] : total;
                for (int j = 0; j < total.length; j++) {
                    total[j] += each[j];
                }
            }
        }
        return total == null ? new double[0] : total;
    }
}
