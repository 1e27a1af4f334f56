package org.imatrixstats.weights;

import java.util.ArrayList;
import java.util.List;

/**
 * What the weights are where activations are large: each weight counts with the importance E[x²] of its column. NaN where
 * no column has importance.
 *
 * @param mean           Σwx / Σw
 * @param stdDev         of the same distribution
 * @param l2Norm         √Σwx²: the expected norm of the output if the inputs are uncorrelated
 * @param activations    RMS of the inputs per column, √E[x²]; of experts, √Σ E[x²]
 * @param sharedOutliers columns that stand out by their norm and by their activations
 */
public record Weighted(double mean, double stdDev, double l2Norm, Norms activations, List<Integer> sharedOutliers) {
    /** Running sums over experts. */
    static final class Sums {
        private double weight;
        private double wx;
        private double wx2;

        void add(Importance importance, int expert, Slice slice) {
            double[] w = importance.ofExpert(expert);
            if (w == null) {
                return;
            }
            double rows = slice.rowSquares().length;
            for (int j = 0; j < w.length; j++) {
                weight += w[j] * rows;
                wx += w[j] * slice.columnSums()[j];
                wx2 += w[j] * slice.columnSquares()[j];
            }
        }

        Weighted figures(Importance importance, double[] columnSquares) {
            double[] activations = importance.total();
            Norms inputs = Norms.ofSquares(activations);
            double mean = weight > 0 ? wx / weight : Double.NaN;
            double variance = weight > 0 ? Math.max(0, wx2 / weight - mean * mean) : Double.NaN;
            return new Weighted(mean, Math.sqrt(variance), weight > 0 ? Math.sqrt(wx2) : Double.NaN, inputs,
                    shared(columnSquares, Norms.ofSquares(columnSquares).median(), activations, inputs.median()));
        }
    }

    private static List<Integer> shared(double[] weights, double weightMedian, double[] activations,
            double activationMedian) {
        List<Integer> shared = new ArrayList<>();
        for (int j = 0; j < activations.length; j++) {
            if (Norms.isOutlier(Math.sqrt(weights[j]), weightMedian)
                    && Norms.isOutlier(Math.sqrt(activations[j]), activationMedian)) {
                shared.add(j);
            }
        }
        return List.copyOf(shared);
    }
}
