package org.imatrixstats.tensor;

import java.util.List;

import org.imatrixstats.io.FormatException;

/** The values of one tensor. A row is the last dimension of its shape in row-major order; all others are counted through. */
public interface TensorValues {
    /**
     * Reads rows as float32; of complex numbers the real parts.
     *
     * @param into receives the values from {@code at} on
     * @throws FormatException if the data are not all there, or their type cannot be decoded
     */
    void readRows(long firstRow, int rows, float[] into, int at) throws FormatException;

    /**
     * The first values in row-major order, exactly as stored.
     *
     * @param count at most that many
     * @return null if the type cannot be decoded
     */
    List<Value> first(int count) throws FormatException;
}
