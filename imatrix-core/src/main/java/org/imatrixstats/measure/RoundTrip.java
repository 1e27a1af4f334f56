package org.imatrixstats.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.quantize.ImportanceWeights;
import org.imatrixstats.quantize.TensorData;
import org.imatrixstats.scan.OrderedWork;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/**
 * The values of a tensor after quantization, in the type that the tensor has in the model: quantized as llama-quantize does it,
 * decoded, and rounded to F32, F16 or BF16.
 *
 * <p>It differs from a really quantized tensor by that rounding, and because kernels of quantized types round the
 * activations to 8 bits too.
 */
public final class RoundTrip {
    /** Takes bytes of the tensor in their order. */
    @FunctionalInterface
    public interface Taker {
        void take(byte[] bytes) throws IOException;
    }

    private RoundTrip() {
    }

    /**
     * Makes the bytes of a tensor.
     *
     * @param type that it is quantized to
     * @throws FormatException if the values cannot be read or quantized, or do not fit the tensor's own type any more
     */
    public static void of(TensorSource model, TensorInfo tensor, GgmlType type, Dialect dialect,
            ImportanceWeights importance, int threads, Taker taker) throws IOException {
        TensorData data = new TensorData(model, tensor, type, dialect, importance);
        List<Callable<byte[]>> pieces = new ArrayList<>();
        for (long row = 0; row < tensor.rows();) {
            long first = row;
            int rows = data.rowsAtATime(first);
            pieces.add(() -> decoded(model, tensor, type, data.rows(first, rows), rows));
            row += rows;
        }
        OrderedWork.run(pieces.iterator(), threads, taker::take);
    }

    private static byte[] decoded(TensorSource model, TensorInfo tensor, GgmlType type, byte[] quantized, int rows)
            throws FormatException {
        int columns = Math.toIntExact(tensor.ne0());
        float[] values = new float[rows * columns];
        Codecs.of(type).dequantize(quantized, 0, rows, columns, values, 0);
        Codec own = Codecs.of(tensor.ggmlType());
        byte[] bytes = new byte[Math.toIntExact(rows * tensor.ggmlType().rowBytes(columns))];
        own.quantize(values, 0, rows, columns, null, bytes, 0);
        if (own.invalidBlock(bytes, 0, rows, columns) >= 0) {
            throw new FormatException(model.name(), tensor.name(), "its values in " + type.ggmlName()
                    + " are too large for " + tensor.ggmlType().ggmlName());
        }
        return bytes;
    }
}
