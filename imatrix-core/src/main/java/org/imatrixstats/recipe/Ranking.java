package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Report;
import org.imatrixstats.numeric.Spread;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** An order of the tensors of a kind by importance, most important first. */
public enum Ranking {
    /** Σ E[x²]: the order of the first publication of the method (llama.cpp PR 12718). */
    SUM(Statistic.SUM, false), //
    /** The largest E[x²] of a column: outliers. */
    MAX(Statistic.MAX, false), //
    /** Share of columns above μ + σ. */
    ZD(Statistic.ZD, false), //
    /** Energy in few columns first. */
    ENTROPY(Statistic.ENTROPY_NORMALIZED, true), //
    /** Least like the layer before first. */
    COSINE(Statistic.COSINE_SIMILARITY, true);

    private final Statistic statistic;
    private final boolean smallestFirst;

    Ranking(Statistic statistic, boolean smallestFirst) {
        this.statistic = statistic;
        this.smallestFirst = smallestFirst;
    }

    /** The key of the figure that is ranked by. */
    @Override
    public String toString() {
        return statistic.key();
    }

    /** The tensors of a kind in this order; those for which the figure is undefined come last, equal ones by layer. */
    List<TensorStats> ordered(KindStats kind) {
        List<TensorStats> tensors = new ArrayList<>(kind.tensors());
        tensors.sort(Comparator.comparingDouble(tensor -> {
            double figure = statistic.of(tensor);
            return Double.isNaN(figure) ? Double.POSITIVE_INFINITY : smallestFirst ? figure : -figure;
        }));
        return tensors;
    }

    boolean defined(TensorStats tensor) {
        return !Double.isNaN(statistic.of(tensor));
    }

    /**
     * How far each tensor is from the middle of its kind, more important ones above 0: robust z. For Σ that of the
     * logarithm. 0 where it says nothing: figures undefined, fewer than 3 tensors of a kind, or all alike.
     */
    Map<String, Double> robustZ(Report report) {
        Map<String, Double> all = new HashMap<>();
        for (KindStats kind : report.kinds()) {
            Spread spread = Spread.of(kind.tensors().stream().mapToDouble(statistic::of).filter(Double::isFinite)
                    .toArray());
            for (TensorStats tensor : kind.tensors()) {
                double z = this == SUM ? ofLogarithm(tensor) : spread.z(statistic.of(tensor));
                all.put(tensor.name().name(), Double.isNaN(z) ? 0 : smallestFirst ? -z : z);
            }
        }
        return all;
    }

    private static double ofLogarithm(TensorStats tensor) {
        return tensor.ranked() ? Statistic.ROBUST_Z.of(tensor) : Double.NaN;
    }
}
