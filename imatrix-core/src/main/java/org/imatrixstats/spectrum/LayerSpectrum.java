package org.imatrixstats.spectrum;

import java.util.List;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.tensor.Layer;

/**
 * The figures of a layer.
 *
 * @param matrices those that its scores are taken of
 * @param v        entropy of the values matrix; null without one
 * @param qk       entropy of W_q·W_kᵀ, all heads together; null where it was not computed
 * @param outliers for each importance matrix, the percentage of weights with more than each of {@link Saliency#FACTORS}
 *                 times the mean saliency of the layer; null without an entry for the layer
 */
public record LayerSpectrum(Layer layer, List<MatrixSpectrum> matrices, Entropy v, Entropy qk,
        List<double[]> outliers) {
    public long elements() {
        return matrices.stream().mapToLong(MatrixSpectrum::elements).sum();
    }

    /** The mean exponent of its matrices; NaN if none has one. */
    public double score(Estimator estimator) {
        return mean(matrix -> estimator.of(matrix.exponents()));
    }

    /** The mean exponent of the windows of its matrices. */
    public double farmsScore(Estimator estimator) {
        return mean(matrix -> estimator.of(matrix.farms().exponents()));
    }

    public double stableRank() {
        return mean(matrix -> matrix.spectrum() == null ? Double.NaN : matrix.spectrum().entropy().stableRank());
    }

    public double entropyDeficit() {
        return mean(matrix -> matrix.spectrum() == null ? Double.NaN : matrix.spectrum().entropy().deficit());
    }

    private double mean(ToDoubleFunction<MatrixSpectrum> figure) {
        return matrices.stream().mapToDouble(figure).filter(Double::isFinite).average().orElse(Double.NaN);
    }

    /** Percentage of outliers by one importance matrix; NaN without an entry. */
    public double outliers(int imatrix, int factor) {
        double[] percent = outliers.get(imatrix);
        return percent == null ? Double.NaN : percent[Saliency.FACTORS.indexOf(factor)];
    }
}
