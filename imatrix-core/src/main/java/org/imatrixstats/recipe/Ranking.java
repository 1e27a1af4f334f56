package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.LogSpread;
import org.imatrixstats.stats.Report;
import org.imatrixstats.numeric.Spread;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** An order of the tensors of a kind by importance, most important first. */
public enum Ranking {
    /** The mean E[x²] of a column with data. */
    MEAN(Statistic.MEAN, false), //
    /** Σ E[x²]: the order of the first publication of the method (llama.cpp PR 12718). It also counts the columns. */
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
        tensors.sort(Comparator.comparingDouble(this::place));
        return tensors;
    }

    /** The smaller, the more important; the last where the figure is undefined. */
    double place(TensorStats tensor) {
        double figure = statistic.of(tensor);
        return Double.isNaN(figure) ? Double.POSITIVE_INFINITY : smallestFirst ? figure : -figure;
    }

    boolean defined(TensorStats tensor) {
        return !Double.isNaN(statistic.of(tensor));
    }

    /**
     * How far each tensor is from the middle of its kind, more important ones above 0: robust z. For the mean and Σ that of
     * the logarithm. 0 where it says nothing: figures undefined, fewer than 3 tensors of a kind, or all alike.
     */
    Map<String, Double> robustZ(Report report) {
        Map<String, Double> all = new HashMap<>();
        for (KindStats kind : report.kinds()) {
            ToDoubleFunction<TensorStats> z = z(kind);
            for (TensorStats tensor : kind.tensors()) {
                double figure = z.applyAsDouble(tensor);
                all.put(tensor.name().name(), Double.isNaN(figure) ? 0 : smallestFirst ? -figure : figure);
            }
        }
        return all;
    }

    private ToDoubleFunction<TensorStats> z(KindStats kind) {
        double[] figures = kind.tensors().stream().mapToDouble(statistic::of).filter(Double::isFinite).toArray();
        if (!isLogarithmic()) {
            Spread spread = Spread.of(figures);
            return tensor -> spread.z(statistic.of(tensor));
        }
        if (this == MEAN) {
            return Statistic.ROBUST_Z::of;
        }
        LogSpread spread = LogSpread.of(figures);
        return tensor -> spread.alike() ? 0 : spread.z(statistic.of(tensor));
    }

    private boolean isLogarithmic() {
        return this == MEAN || this == SUM;
    }

    /** Whether two tensors of a kind are so much alike that their order is arbitrary. */
    boolean alike(TensorStats a, TensorStats b) {
        double first = statistic.of(a);
        double second = statistic.of(b);
        return isLogarithmic() ? LogSpread.of(first, second).alike() : first == second;
    }
}
