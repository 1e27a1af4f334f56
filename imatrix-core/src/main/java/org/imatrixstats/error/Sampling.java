package org.imatrixstats.error;

import org.imatrixstats.tensor.TensorInfo;

/** How many rows of each matrix are read. */
public sealed interface Sampling {
    /** Rows of a matrix that are read at least, as far as it has them: fewer give no useful standard error. */
    int LEAST_ROWS = 32;

    /** Rows that are read of each matrix of a tensor. */
    long rows(TensorInfo tensor);

    /** What it is in the output and in the key of a journal. */
    String label();

    /** All rows. */
    record Full() implements Sampling {
        @Override
        public long rows(TensorInfo tensor) {
            return rowsPerMatrix(tensor);
        }

        @Override
        public String label() {
            return "full";
        }
    }

    /**
     * A share of the rows of each matrix.
     *
     * @param share above 0, at most 1
     */
    record Share(double share) implements Sampling {
        @Override
        public long rows(TensorInfo tensor) {
            long all = rowsPerMatrix(tensor);
            return Math.min(all, Math.max(LEAST_ROWS, Math.round(all * share)));
        }

        @Override
        public String label() {
            return "share " + share;
        }
    }

    /** A number of rows of each matrix. */
    record Count(long count) implements Sampling {
        @Override
        public long rows(TensorInfo tensor) {
            return Math.min(rowsPerMatrix(tensor), count);
        }

        @Override
        public String label() {
            return "rows " + count;
        }
    }

    /** Rows of each matrix of a tensor. */
    static long rowsPerMatrix(TensorInfo tensor) {
        return tensor.rows() / Math.max(1, tensor.matrices());
    }
}
