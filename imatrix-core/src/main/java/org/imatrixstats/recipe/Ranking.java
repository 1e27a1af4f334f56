package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.spectrum.ModelSpectrum;
import org.imatrixstats.spectrum.SpectrumStatistic;
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
    COSINE(Statistic.COSINE_SIMILARITY, true), //
    /** The power-law exponent of the weights: heavy tails first. */
    ALPHA("alpha", RankedByWeights::alpha, true), //
    /** Σσ² / σ_max² of the weights: few directions first. */
    STABLE_RANK("stable_rank", SpectrumStatistic.STABLE_RANK::of, true), //
    /** How much less entropy the spectrum of the weights has than that of a random matrix: the most first. */
    ENTROPY_DEFICIT("entropy_deficit", SpectrumStatistic.ENTROPY_DEFICIT::of, false);

    /** Null of those that go by the weights. */
    private final Statistic statistic;
    private final String key;
    private final ToDoubleFunction<MatrixSpectrum> ofWeights;
    private final boolean smallestFirst;

    Ranking(Statistic statistic, boolean smallestFirst) {
        this.statistic = statistic;
        this.key = statistic.key();
        this.ofWeights = null;
        this.smallestFirst = smallestFirst;
    }

    Ranking(String key, ToDoubleFunction<MatrixSpectrum> ofWeights, boolean smallestFirst) {
        this.statistic = null;
        this.key = key;
        this.ofWeights = ofWeights;
        this.smallestFirst = smallestFirst;
    }

    /** Whether it goes by the weights of the model alone, and not by an importance matrix. */
    public boolean isOfWeights() {
        return ofWeights != null;
    }

    /** Whether it needs all singular values, not those of windows alone. */
    public boolean needsAllSingularValues() {
        return this == STABLE_RANK || this == ENTROPY_DEFICIT;
    }

    /** The key of the figure that is ranked by. */
    @Override
    public String toString() {
        return key;
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

    /**
     * The same of the weights of a model; of a tensor with experts their mean counts.
     *
     * @throws IllegalStateException if it does not go by weights
     */
    public Map<String, Double> robustZ(ModelSpectrum spectrum) {
        if (ofWeights == null) {
            throw new IllegalStateException(this + " goes by an importance matrix");
        }
        Map<String, Double> all = new HashMap<>();
        RankedByWeights.byKind(spectrum, ofWeights).values().forEach(kind -> {
            Spread spread = Spread.of(kind.values().stream().mapToDouble(figure -> figure).filter(Double::isFinite)
                    .toArray());
            kind.forEach((tensor, figure) -> {
                double z = spread.z(figure);
                all.put(tensor, Double.isNaN(z) ? 0 : smallestFirst ? -z : z);
            });
        });
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
