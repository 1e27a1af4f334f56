package org.imatrixstats.tensor;

import java.util.List;

import org.imatrixstats.ggml.GgmlType;

/**
 * One row of the tensor table.
 *
 * @param name   as stored, shorter than 64 bytes
 * @param dims   elements per dimension, fastest first ({@code ne0, ne1, …}); one to four of them
 * @param type   how the elements are stored
 * @param offset where the data start, in bytes from the start of the file
 * @param bytes  how many bytes the data take
 */
public record TensorInfo(String name, List<Long> dims, GgmlType type, long offset, long bytes) {
    /** Elements per row. */
    public long ne0() {
        return dims.getFirst();
    }

    /** Rows: the product of all dimensions but the first. */
    public long rows() {
        return dims.stream().skip(1).reduce(1L, (a, b) -> a * b);
    }

    /** Elements altogether. */
    public long elements() {
        return ne0() * rows();
    }
}
