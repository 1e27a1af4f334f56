package org.imatrixstats.tensor;

import java.util.List;
import java.util.stream.IntStream;

import org.imatrixstats.ggml.ElementType;
import org.imatrixstats.ggml.GgmlType;

/**
 * A tensor of a file or model: its name, shape, type, and where its data are.
 *
 * @param name   as stored
 * @param dims   elements per dimension, fastest first ({@code ne0, ne1, …}); at least one
 * @param type   how the elements are stored
 * @param part   the file of the model that holds the data, counted from 0; 0 if the model is one file
 * @param offset where the data start, in bytes from the start of that file
 * @param bytes  size of the data
 */
public record TensorInfo(String name, List<Long> dims, ElementType type, int part, long offset, long bytes) {
    public TensorInfo {
        dims = List.copyOf(dims);
    }

    /** The same tensor as a member of a model of several files. */
    public TensorInfo inPart(int number) {
        return new TensorInfo(name, dims, type, number, offset, bytes);
    }

    /**
     * The type as one of ggml's.
     *
     * @throws IllegalStateException if it is a type that ggml does not have
     */
    public GgmlType ggmlType() {
        if (type instanceof GgmlType ggml) {
            return ggml;
        }
        throw new IllegalStateException(name + " is of type " + type.label());
    }

    /** Elements per row. */
    public long ne0() {
        return dims.getFirst();
    }

    /** Rows: the product of all dimensions but the first. */
    public long rows() {
        return product(1);
    }

    /** Matrices, such as one per expert: the product of all dimensions but the first two. */
    public long matrices() {
        return product(2);
    }

    private long product(int from) {
        long product = 1;
        for (int i = from; i < dims.size(); i++) {
            product *= dims.get(i);
        }
        return product;
    }

    /** Whether another tensor has the same shape. Dimensions of 1 at the end count for nothing: ggml drops them. */
    public boolean hasShapeOf(TensorInfo other) {
        int most = Math.max(dims.size(), other.dims.size());
        return IntStream.range(0, most).allMatch(i -> dim(i) == other.dim(i));
    }

    private long dim(int number) {
        return number < dims.size() ? dims.get(number) : 1;
    }

    /** Elements altogether. */
    public long elements() {
        return ne0() * rows();
    }
}
