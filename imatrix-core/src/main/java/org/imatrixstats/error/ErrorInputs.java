package org.imatrixstats.error;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.quantize.ImportanceWeights;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** A model and its importance matrix, as the measurement reads them. Safe for use by several threads. */
public final class ErrorInputs {
    /**
     * What an importance matrix says of the input of a tensor.
     *
     * @param weights E[x²] of each column, {@code ne0} values for each matrix
     * @param means   E[x] likewise; null where the matrix has no in_sum
     * @param shares  the share of the tokens that reached each matrix; they add up to 1, or are all 0
     */
    record Input(float[] weights, double[] means, double[] shares) {
    }

    private final TensorSource model;
    private final Imatrix imatrix;
    private final Dialect dialect;
    private final Map<String, Long> sizes;
    private String cachedName;
    private Optional<Input> cached = Optional.empty();

    /** @param imatrix null without one */
    public ErrorInputs(TensorSource model, Imatrix imatrix, Dialect dialect) {
        this.model = model;
        this.imatrix = imatrix;
        this.dialect = dialect;
        this.sizes = imatrix == null ? Map.of() : QuantizeOptions.sizes(imatrix);
    }

    public TensorSource model() {
        return model;
    }

    public Optional<Imatrix> imatrix() {
        return Optional.ofNullable(imatrix);
    }

    public Dialect dialect() {
        return dialect;
    }

    /** Whether the quantizer weights the columns of the tensor. */
    boolean hasEntry(TensorInfo tensor) {
        return dialect.usesEntry(tensor, sizes);
    }

    /** The share of the tokens that reached each matrix of a tensor; 1 for all without an entry. */
    List<Double> shares(TensorInfo tensor) throws FormatException {
        return of(tensor).map(input -> Arrays.stream(input.shares).boxed().toList())
                .orElseGet(() -> Collections.nCopies(Math.toIntExact(tensor.matrices()), 1.0));
    }

    /** What the importance matrix says of a tensor; empty without an entry. Tasks of one tensor follow each other. */
    synchronized Optional<Input> of(TensorInfo tensor) throws FormatException {
        if (!tensor.name().equals(cachedName)) {
            cached = hasEntry(tensor) ? Optional.of(read(tensor)) : Optional.empty();
            cachedName = tensor.name();
        }
        return cached;
    }

    private Input read(TensorInfo tensor) throws FormatException {
        ImatrixEntry entry = imatrix.entries().get(dialect.entry(tensor.name(), sizes).orElseThrow());
        float[] weights = ImportanceWeights.of(imatrix, dialect, sizes).of(tensor);
        int matrices = Math.toIntExact(tensor.matrices());
        double[] shares = new double[matrices];
        double all = 0;
        for (int matrix = 0; matrix < matrices; matrix++) {
            shares[matrix] = entry.count(entry.experts() == 1 ? 0 : matrix);
            all += shares[matrix];
        }
        for (int matrix = 0; matrix < matrices && all > 0; matrix++) {
            shares[matrix] /= all;
        }
        return new Input(weights, entry.hasInSum() ? means(entry) : null, shares);
    }

    private double[] means(ImatrixEntry entry) throws FormatException {
        float[] sums = new float[Math.toIntExact(entry.size())];
        imatrix.inSum(entry, 0, sums, sums.length);
        double[] means = new double[sums.length];
        for (int j = 0; j < means.length; j++) {
            long count = entry.count((int) (j / entry.columns()));
            means[j] = count == 0 ? 0 : sums[j] / (float) count;
        }
        return means;
    }
}
