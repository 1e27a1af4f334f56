package org.imatrixstats.app.output.spectrum;

import java.util.Arrays;
import java.util.List;

import org.imatrixstats.spectrum.Estimator;
import org.imatrixstats.spectrum.LayerScores;
import org.imatrixstats.spectrum.LayerSpectrum;
import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.spectrum.ModelSpectrum;
import org.imatrixstats.spectrum.Sparsity;

/**
 * The spectra of a model and what layer-wise pruning makes of them.
 *
 * @param architecture such as {@code llama}; null if the model does not say
 * @param score        the exponent that layers are scored by
 * @param pruning      how scores become shares to prune
 */
public record SpectrumReport(ModelSpectrum spectrum, String architecture, Estimator score, Pruning pruning) {
    /**
     * How much is pruned.
     *
     * @param sparsity the share of all weights
     * @param epsilon  how far the layers are spread by their exponents
     * @param lambda   how far they are spread by their outliers
     */
    public record Pruning(double sparsity, double epsilon, double lambda) {
        public static final Pruning DEFAULT = new Pruning(0.7, 0.2, 0.08);
    }

    /** The exponent that layers are scored by where the user did not choose. */
    public static Estimator defaultScore(ModelSpectrum spectrum) {
        return spectrum.exact() ? Estimator.XMIN_PEAK : Estimator.HILL_TENTH;
    }

    public static SpectrumReport of(ModelSpectrum spectrum, String architecture) {
        return new SpectrumReport(spectrum, architecture, defaultScore(spectrum), Pruning.DEFAULT);
    }

    List<LayerSpectrum> layers() {
        return spectrum.layers();
    }

    /** Figures of whole matrices, or of windows if only these were looked at. */
    double score(LayerSpectrum layer, Estimator estimator) {
        return spectrum.exact() ? layer.score(estimator) : layer.farmsScore(estimator);
    }

    double[] scores(Estimator estimator) {
        return layers().stream().mapToDouble(layer -> score(layer, estimator)).toArray();
    }

    private long[] sizes() {
        return layers().stream().mapToLong(LayerSpectrum::elements).toArray();
    }

    /** The share to prune of each layer, by exponents. */
    double[] ratios(Estimator estimator, double cap) {
        return Sparsity.of(scores(estimator), sizes(), pruning.sparsity, pruning.epsilon, cap);
    }

    /** The same for the chosen exponent. */
    double[] ratios() {
        return ratios(score, Sparsity.CAP);
    }

    double[] outliers(int imatrix, int factor) {
        return layers().stream().mapToDouble(layer -> layer.outliers(imatrix, factor)).toArray();
    }

    boolean hasOutliers(int imatrix) {
        return Arrays.stream(outliers(imatrix, LayerScores.FACTOR)).anyMatch(Double::isFinite);
    }

    /** The share to prune of each layer, by outliers. */
    double[] outlierRatios(int imatrix) {
        return Sparsity.ofOutliers(outliers(imatrix, LayerScores.FACTOR), pruning.sparsity, pruning.lambda);
    }

    long quantized() {
        return spectrum.matrices().stream().filter(MatrixSpectrum::isQuantized).count();
    }

    /** What the file of an importance matrix is called, without its folder. */
    static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
