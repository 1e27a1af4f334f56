package org.imatrixstats.ggml;

/**
 * Decodes and encodes the rows of one tensor type. {@link Codecs#of} has one for each type.
 *
 * <p>A codec has no state: several threads may use it. Rows are independent, so the bytes do not depend on how many
 * rows a call has. A row of {@code columns} values takes {@code type().rowBytes(columns)} bytes, and {@code columns} is a
 * multiple of the type's block size.
 *
 * <p>Decoding equals that of the reference routines to the last bit, and so does encoding to the types of llama.cpp: the
 * arithmetic is float32 without fused multiply-add, and sums run in the same order.
 */
public interface Codec {
    GgmlType type();

    /** Rows that are stored together: 1, or more if the type interleaves rows. Calls take multiples of it. */
    default int rowsPerGroup() {
        return 1;
    }

    /** Whether {@link #quantize} works; false if the type is only ever decoded. */
    default boolean canQuantize() {
        return true;
    }

    /** Whether {@link #quantize} needs weights. */
    default boolean requiresWeights() {
        return type().crashesWithoutEntry();
    }

    /**
     * Decodes rows.
     *
     * @param from   holds the rows from {@code offset} on
     * @param into   receives {@code rows * columns} values from {@code at} on
     */
    void dequantize(byte[] from, int offset, int rows, int columns, float[] into, int at);

    /**
     * Encodes rows. Some types search the blocks of many rows side by side: a call with 8192 values or more is
     * faster than many with one row.
     *
     * @param from    holds {@code rows * columns} values from {@code at} on
     * @param weights the importance of each column, E[x²]; null to quantize without an importance matrix
     * @param into    receives the rows from {@code offset} on
     * @throws ArithmeticException if squares of the values overflow and the reference would end the process
     */
    void quantize(float[] from, int at, int rows, int columns, float[] weights, byte[] into, int offset);

    /**
     * The first block that no quantizer writes and that decodes to NaN or infinities, as ggml_validate_row_data finds
     * it; -1 if all blocks are valid. Blocks are counted from 0 through all rows.
     */
    int invalidBlock(byte[] from, int offset, int rows, int columns);
}
