package org.imatrixstats.spectrum;

import java.util.Arrays;

/** Scores of layers as shares of weights to prune. A layer without a score is pruned like the whole. */
public final class Sparsity {
    /** No layer is pruned more than that. */
    public static final double CAP = 0.99;

    private Sparsity() {
    }

    /**
     * AlphaPruning's block-wise mapping: scores are mapped linearly to 1 ± ε, then scaled so that the mean over all weights
     * is S. A layer with a higher exponent is pruned more.
     *
     * @param weights  of each layer
     * @param sparsity S
     * @param cap      what is above is cut to this, and the others are scaled again to keep the mean; infinite as the original,
     *                 which asks for more than all weights where S and ε are large
     */
    public static double[] of(double[] scores, long[] weights, double sparsity, double epsilon, double cap) {
        double least = Arrays.stream(scores).filter(Double::isFinite).min().orElse(Double.NaN);
        double most = Arrays.stream(scores).filter(Double::isFinite).max().orElse(Double.NaN);
        double[] ratios = new double[scores.length];
        double[] relative = new double[scores.length];
        boolean[] fixed = new boolean[scores.length];
        for (int i = 0; i < scores.length; i++) {
            fixed[i] = !Double.isFinite(scores[i]) || least == most;
            ratios[i] = Math.min(sparsity, cap);
            relative[i] = (scores[i] - least) / (most - least) * 2 * epsilon + 1 - epsilon;
        }
        for (boolean over = true; over;) {
            over = false;
            double budget = 0;
            double sum = 0;
            for (int i = 0; i < ratios.length; i++) {
                budget += sparsity * weights[i] - (fixed[i] ? ratios[i] * weights[i] : 0);
                sum += fixed[i] ? 0 : weights[i] * relative[i];
            }
            for (int i = 0; i < ratios.length; i++) {
                if (!fixed[i]) {
                    ratios[i] = budget / sum * relative[i];
                    over |= ratios[i] > cap;
                }
            }
            for (int i = 0; i < ratios.length; i++) {
                if (!fixed[i] && ratios[i] > cap) {
                    fixed[i] = true;
                    ratios[i] = cap;
                }
            }
        }
        return ratios;
    }

    /**
     * OWL: a layer with more outliers keeps more. The plain mean over the layers is S.
     *
     * @param outliers percent of each layer
     * @param lambda   how much more or less than S a layer keeps, at most about
     */
    public static double[] ofOutliers(double[] outliers, double sparsity, double lambda) {
        double least = Arrays.stream(outliers).filter(Double::isFinite).min().orElse(Double.NaN);
        double most = Arrays.stream(outliers).filter(Double::isFinite).max().orElse(Double.NaN);
        double[] keep = Arrays.stream(outliers)
                .map(each -> most > least ? (each - least) / (most - least) * 2 * lambda : 0)
                .toArray();
        double mean = Arrays.stream(keep).filter(Double::isFinite).average().orElse(0);
        return Arrays.stream(keep)
                .map(each -> Double.isFinite(each) ? Math.clamp(1 - (each - mean + 1 - sparsity), 0, CAP) : sparsity)
                .toArray();
    }
}
