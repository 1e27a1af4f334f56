package org.imatrixstats.tensor;

import java.io.Closeable;
import java.util.List;

import org.imatrixstats.io.FormatException;

/**
 * The tensors of a model and their values, in any container. A row has {@code ne0} values; all higher dimensions are
 * counted through, so that row {@code r} of expert {@code e} is row {@code e · ne1 + r}. Safe for use by several threads.
 */
public interface TensorSource extends Closeable {
    /** The name in messages: the path or URL as the user gave it. */
    String name();

    /** The tensors in the order of the container. */
    List<TensorInfo> tensors();

    /** The tensor of this name; null if there is none. */
    TensorInfo tensor(String name);

    /**
     * Reads rows as float32, decoding them if they are quantized.
     *
     * @param into receives {@code rows · ne0} values from {@code at} on
     * @throws FormatException if the data are not all there, or their type cannot be decoded
     */
    void readRows(TensorInfo tensor, long firstRow, int rows, float[] into, int at) throws FormatException;

    /**
     * Copies the data as stored.
     *
     * @param from offset in the data of the tensor
     * @throws FormatException if the data are not all there
     */
    void copy(TensorInfo tensor, long from, byte[] into, int at, int count) throws FormatException;
}
