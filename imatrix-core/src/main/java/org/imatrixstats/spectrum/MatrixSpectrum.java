package org.imatrixstats.spectrum;

import java.util.List;

import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/**
 * The figures of one matrix.
 *
 * @param expert     the matrix of a tensor of three dimensions, counted from 0; −1 for the only one
 * @param spectrum   all singular values; null where only windows were looked at
 * @param exponents  of these; null likewise
 * @param farms      of windows
 * @param thresholds of magnitude pruning
 * @param saliencies one for each importance matrix; null where it has nothing for the tensor
 */
public record MatrixSpectrum(TensorName name, TensorInfo info, int expert, Spectrum spectrum, Exponents exponents,
        Farms farms, List<Magnitude> thresholds, List<Saliency> saliencies) {
    private static final int LEAST_BITS = 16;

    public long rows() {
        return info.dims().get(1);
    }

    public long columns() {
        return info.ne0();
    }

    public long elements() {
        return rows() * columns();
    }

    /**
     * Whether the values come from a quantized type: quantization adds noise like that of a random matrix, which hides the
     * small singular values.
     */
    public boolean isQuantized() {
        return 8 * info.bytes() < LEAST_BITS * info.elements();
    }

    /** The exponent of the whole matrix, or of its windows where the whole was not looked at. */
    public double alpha(Estimator estimator) {
        return estimator.of(exponents != null ? exponents : farms.exponents());
    }
}
