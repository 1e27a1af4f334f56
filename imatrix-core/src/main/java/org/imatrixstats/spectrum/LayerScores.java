package org.imatrixstats.spectrum;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;

/** Everything that can order the layers of a model. */
public final class LayerScores {
    /** Outliers have more than so many times the mean saliency: the factor of OWL. */
    public static final int FACTOR = 5;

    private LayerScores() {
    }

    /** A number for each layer by the name of the score; those that no layer has are left out. */
    public static SequencedMap<String, double[]> of(ModelSpectrum model) {
        SequencedMap<String, double[]> scores = new LinkedHashMap<>();
        for (Estimator estimator : Estimator.values()) {
            // The slip of one against the other is not a score.
            if (estimator != Estimator.XMIN_PEAK_LINEAR) {
                add(scores, "alpha_" + estimator, model, layer -> layer.score(estimator));
            }
        }
        add(scores, "farms_hill_tenth", model, layer -> layer.farmsScore(Estimator.HILL_TENTH));
        add(scores, "stable_rank", model, LayerSpectrum::stableRank);
        add(scores, "entropy_deficit", model, LayerSpectrum::entropyDeficit);
        for (int i = 0; i < model.imatrices().size(); i++) {
            int imatrix = i;
            String file = model.imatrices().get(i);
            add(scores, "owl_" + file.substring(file.lastIndexOf('/') + 1), model,
                    layer -> layer.outliers(imatrix, FACTOR));
        }
        return scores;
    }

    private static void add(SequencedMap<String, double[]> scores, String name, ModelSpectrum model,
            ToDoubleFunction<LayerSpectrum> score) {
        double[] each = model.layers().stream().mapToDouble(score).toArray();
        for (double one : each) {
            if (Double.isFinite(one)) {
                scores.put(name, each);
                return;
            }
        }
    }
}
