package org.imatrixstats.quantize;

import java.util.Map;
import java.util.Optional;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.tensor.TensorInfo;

/** The weights that a quantizer gives the columns of a tensor. */
@FunctionalInterface
public interface ImportanceWeights {
    /** Quantization without an importance matrix. */
    ImportanceWeights NONE = _ -> null;

    /**
     * E[x²] of each column, {@code ne0} values for each matrix, as float32; null if there are none for the tensor.
     *
     * @throws FormatException if they cannot be read
     */
    float[] of(TensorInfo tensor) throws FormatException;

    /**
     * The weights that llama-quantize takes from an importance matrix: in_sum2 / counts in float32. An expert without data
     * has the weight 1 in each column.
     *
     * @param sizes the entries that count, by name
     */
    static ImportanceWeights of(Imatrix imatrix, Dialect dialect, Map<String, Long> sizes) {
        return tensor -> {
            Optional<String> entry = dialect.usesEntry(tensor, sizes)
                    ? dialect.entry(tensor.name(), sizes)
                    : Optional.empty();
            return entry.isEmpty() ? null : of(imatrix, imatrix.entries().get(entry.get()));
        };
    }

    /** The same with all entries. */
    static ImportanceWeights of(Imatrix imatrix, Dialect dialect) {
        return of(imatrix, dialect, QuantizeOptions.sizes(imatrix));
    }

    private static float[] of(Imatrix imatrix, ImatrixEntry entry) throws FormatException {
        float[] weights = new float[Math.toIntExact(entry.size())];
        imatrix.inSum2(entry, 0, weights, weights.length);
        int columns = Math.toIntExact(entry.columns());
        for (int expert = 0; expert < entry.experts(); expert++) {
            float count = entry.count(expert);
            for (int j = expert * columns; j < (expert + 1) * columns; j++) {
                // A legacy file counts in chunks: without any, llama-quantize takes the sums as they are.
                if (count > 0) {
                    weights[j] /= count;
                } else if (imatrix.origin().format() == Imatrix.Format.GGUF) {
                    weights[j] = 1;
                }
            }
        }
        return weights;
    }
}
