package org.imatrixstats.error;

import java.util.List;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;

/**
 * Rows of one matrix to be quantized to some types. Tasks are independent of each other.
 *
 * @param number  the place of the task in its plan, counted from 0
 * @param tensor  the tensor
 * @param matrix  the matrix in the tensor, such as an expert, counted from 0
 * @param first   the first of the rows that are read of the matrix, counted from 0 among these
 * @param rows    how many of them
 * @param sampled how many are read of the matrix in all tasks; each comes from its own slice of the matrix
 * @param types   the types
 */
public record ErrorTask(int number, TensorInfo tensor, int matrix, long first, int rows, long sampled,
        List<GgmlType> types) {
    /**
     * The row of the tensor that is read as this one of the task. The matrix is cut into as many equal slices as rows are
     * read, and a fixed hash says which row of its slice is read: every k-th row would meet the same place of each
     * attention head.
     */
    long row(int index) {
        long ofMatrix = Sampling.rowsPerMatrix(tensor);
        long slice = first + index;
        long from = slice * ofMatrix / sampled;
        long to = (slice + 1) * ofMatrix / sampled;
        return matrix * ofMatrix + from + Long.remainderUnsigned(hash(slice), to - from);
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
    private static long hash(long value) {
        long mixed = (value + 1) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    /** Values that are quantized, over all types. */
    public long work() {
        return rows * tensor.ne0() * types.size();
    }
}
