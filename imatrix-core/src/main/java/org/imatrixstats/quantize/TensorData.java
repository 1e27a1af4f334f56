package org.imatrixstats.quantize;

import java.util.Arrays;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** Rows of one tensor in one type, as llama-quantize makes them of the values in a model. Safe for use by several threads. */
public final class TensorData {
    /** Values that are quantized at a time, about. */
    private static final int VALUES = 1 << 18;
    /** No type interleaves more rows. */
    private static final int INTERLEAVED = 16;

    private final TensorSource source;
    private final TensorInfo tensor;
    private final GgmlType type;
    private final Dialect dialect;
    private final ImportanceWeights importance;
    private boolean weighed;
    private float[] weights;

    /**
     * @param tensor  as the model has it
     * @param type    what it is stored as
     * @param dialect whose encoder it is
     */
    public TensorData(TensorSource source, TensorInfo tensor, GgmlType type, Dialect dialect,
            ImportanceWeights importance) {
        this.source = source;
        this.tensor = tensor;
        this.type = type;
        this.dialect = dialect;
        this.importance = importance;
    }

    public TensorInfo tensor() {
        return tensor;
    }

    /** How many rows are quantized at a time from this one on: those of one matrix only, because each has its own weights. */
    public int rowsAtATime(long firstRow) {
        long each = Math.max(1, VALUES / tensor.ne0());
        long aligned = each >= INTERLEAVED ? each / INTERLEAVED * INTERLEAVED : INTERLEAVED;
        return (int) Math.min(aligned, rowsPerMatrix() - firstRow % rowsPerMatrix());
    }

    private long rowsPerMatrix() {
        return tensor.rows() / Math.max(1, tensor.matrices());
    }

    /** Whether the data are copied as they are. */
    public boolean isCopied() {
        return tensor.type() == type;
    }

    /**
     * The bytes of some rows of one matrix.
     *
     * @throws FormatException if the values cannot be read, are NaN or infinite, or are too large for the type
     */
    public byte[] rows(long firstRow, int rows) throws FormatException {
        int columns = Math.toIntExact(tensor.ne0());
        byte[] bytes = new byte[Math.toIntExact(rows * type.rowBytes(columns))];
        if (isCopied()) {
            source.copy(tensor, firstRow * type.rowBytes(columns), bytes, 0, bytes.length);
            requireValid(bytes, firstRow, rows, columns, "its data are damaged");
            return bytes;
        }
        float[] values = new float[Math.multiplyExact(rows, columns)];
        source.readRows(tensor, firstRow, rows, values, 0);
        requireFinite(values, firstRow, columns);
        try {
            dialect.codec(type).quantize(values, 0, rows, columns, weights(firstRow, columns), bytes, 0);
        } catch (ArithmeticException e) {
            throw new FormatException(source.name(), tensor.name(), "rows " + firstRow + " to " + (firstRow + rows - 1)
                    + ": values are too large for " + type.ggmlName() + ": " + e.getMessage());
        }
        requireValid(bytes, firstRow, rows, columns, "its values are too large for " + type.ggmlName());
        return bytes;
    }

    /** E[x²] of the columns in the matrix of a row; null without. */
    synchronized float[] weights(long firstRow, int columns) throws FormatException {
        if (!weighed) {
            weights = importance.of(tensor);
            weighed = true;
        }
        if (weights == null) {
            return null;
        }
        int from = Math.toIntExact(firstRow / rowsPerMatrix() * columns);
        return Arrays.copyOfRange(weights, from, from + columns);
    }

    private void requireFinite(float[] values, long firstRow, int columns) throws FormatException {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new FormatException(source.name(), tensor.name(), "row " + (firstRow + i / columns) + ", column "
                        + i % columns + " is " + values[i] + ", expected a finite number");
            }
        }
    }

    private void requireValid(byte[] bytes, long firstRow, int rows, int columns, String cause)
            throws FormatException {
        Codec codec = Codecs.of(type);
        int block = codec.invalidBlock(bytes, 0, rows, columns);
        if (block >= 0) {
            long value = (long) block * type.blockSize();
            throw new FormatException(source.name(), tensor.name(), "row " + (firstRow + value / columns) + ", column "
                    + value % columns + ": the block is not valid " + type.ggmlName() + ", " + cause);
        }
    }
}
