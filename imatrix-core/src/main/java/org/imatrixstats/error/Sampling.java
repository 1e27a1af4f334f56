package org.imatrixstats.error;

import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** How many rows of each matrix are read. */
public sealed interface Sampling {
    /** Rows of a matrix that are read at least, as far as it has them: fewer give no useful standard error. */
    int LEAST_ROWS = 32;

    /** Values that are read by default. */
    long VALUES = 160_000_000;

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

    /**
     * A share of the rows of each tensor, for figures of whole tensors: the rows that are read at least are those of all its
     * matrices together.
     *
     * @param share above 0, at most 1
     */
    record ShareOfTensor(double share) implements Sampling {
        @Override
        public long rows(TensorInfo tensor) {
            long all = rowsPerMatrix(tensor);
            long matrices = Math.max(1, tensor.matrices());
            return Math.min(all, Math.max((LEAST_ROWS + matrices - 1) / matrices, Math.round(all * share)));
        }

        @Override
        public String label() {
            return "share of tensors " + share;
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

    /**
     * All rows of a small model; of a large one so many that {@value #VALUES} values are read in each of 25 types, which
     * takes a core some ten minutes.
     *
     * @param types types that are measured: fewer leave room for more rows
     */
    static Sampling ofDefault(TensorSource model, int types) {
        double share = share(model, types);
        return share >= 1 ? new Full() : new Share(share);
    }

    /**
     * All rows of a small model; of a large one a quarter of {@link #ofDefault}. Recipes by 16 rows of each matrix lose at
     * most 0.5 % more than those by all rows, by 32 rows 0.15 % (docs/performance.md).
     *
     * @param types types that are measured
     */
    static Sampling ofRecipe(TensorSource model, int types) {
        double share = share(model, types);
        return share >= 1 ? new Full() : new ShareOfTensor(share / 4);
    }

    private static double share(TensorSource model, int types) {
        double values = model.tensors().stream().filter(tensor -> tensor.dims().size() > 1)
                .mapToDouble(TensorInfo::elements).sum();
        return VALUES * (25.0 / Math.max(1, types)) / Math.max(1, values);
    }

    /** Rows of each matrix of a tensor. */
    static long rowsPerMatrix(TensorInfo tensor) {
        return tensor.rows() / Math.max(1, tensor.matrices());
    }
}
