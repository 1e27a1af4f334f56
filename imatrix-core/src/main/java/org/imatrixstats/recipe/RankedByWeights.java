package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.numeric.Median;
import org.imatrixstats.plan.Model;
import org.imatrixstats.spectrum.Estimator;
import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.spectrum.ModelSpectrum;

/** What the spectra of the weights say about tensors, without any activations. */
public final class RankedByWeights {
    /** Of AlphaQ's published allocation. */
    public static final double GAMMA = 10;

    private RankedByWeights() {
    }

    /** The exponent that AlphaQ uses, of the whole matrix or of its windows. */
    static double alpha(MatrixSpectrum matrix) {
        return matrix.alpha(Estimator.HILL_TENTH);
    }

    /** A figure by kind and tensor; the mean over the experts of a tensor, NaN where none has one. */
    static Map<String, Map<String, Double>> byKind(ModelSpectrum spectrum, ToDoubleFunction<MatrixSpectrum> figure) {
        Map<String, Map<String, List<Double>>> kinds = new LinkedHashMap<>();
        for (MatrixSpectrum matrix : spectrum.matrices()) {
            kinds.computeIfAbsent(matrix.name().kind(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(matrix.name().name(), _ -> new ArrayList<>()).add(figure.applyAsDouble(matrix));
        }
        Map<String, Map<String, Double>> means = new LinkedHashMap<>();
        kinds.forEach((kind, tensors) -> tensors.forEach((tensor, figures) -> means
                .computeIfAbsent(kind, _ -> new LinkedHashMap<>()).put(tensor, figures.stream()
                        .mapToDouble(each -> each).filter(Double::isFinite).average().orElse(Double.NaN))));
        return means;
    }

    /**
     * AlphaQ's weights per element: (median α / α)^γ · Var(w), to be multiplied with the elements and the distortion of a type,
     * which stands for the 4^−bits of the publication. A tensor without an exponent counts like the median one, and one
     * that is never computed with as 0.
     *
     * @param variances of the weights, by tensor; 1 where there is none
     */
    public static Map<String, Double> alphaQ(Model model, ModelSpectrum spectrum, Map<String, Double> variances,
            double gamma) {
        Map<String, Double> alphas = new LinkedHashMap<>();
        byKind(spectrum, RankedByWeights::alpha).values().forEach(alphas::putAll);
        double median = Median
                .of(alphas.values().stream().mapToDouble(alpha -> alpha).filter(Double::isFinite).toArray());
        Map<String, Double> weights = new LinkedHashMap<>();
        model.tensors().forEach(tensor -> {
            double alpha = alphas.getOrDefault(tensor.name(), Double.NaN);
            double scale = Double.isFinite(alpha) ? Math.pow(median / alpha, gamma) : 1;
            weights.put(tensor.name(),
                    model.isUnused(tensor.name()) ? 0 : scale * variances.getOrDefault(tensor.name(), 1.0));
        });
        return weights;
    }
}
