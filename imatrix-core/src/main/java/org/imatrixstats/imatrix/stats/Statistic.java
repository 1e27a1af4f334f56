package org.imatrixstats.imatrix.stats;

import java.util.function.ToDoubleFunction;

/**
 * The figures of a tensor. e is the vector of E[x²] over its N columns with data, a that of E[x].
 *
 * <p>To add one: a constant here, and a field in {@code Moments} and a line in {@code Kernels} if it needs a new sum.
 */
public enum Statistic implements Figure<TensorStats> {
    ELEMENTS("elements", "N", Unit.COUNT, "columns with data: columns × experts with data", TensorStats::elements), //
    EXPERTS("experts", "experts", Unit.COUNT, "counts stored: experts of the tensor, 1 for one that has none",
            t -> t.entry().experts()), //
    EXPERTS_WITHOUT_DATA("experts_without_data", "empty", Unit.COUNT, "experts that no row reached",
            t -> t.entry().expertsWithoutData()), //

    SUM("sum", "Σ E[x²]", Unit.NUMBER, "Σ e", energy(m -> m.sum)), //
    MIN("min", "min", Unit.NUMBER, "smallest e", energy(m -> m.min)), //
    MAX("max", "max", Unit.NUMBER, "largest e", energy(m -> m.max)), //
    MEAN("mean", "mean", Unit.NUMBER, "μ = Σ e / N", energy(m -> m.mean)), //
    STDDEV("stddev", "stddev", Unit.NUMBER, "σ = √(Σ (e − μ)² / N)", energy(Moments::stddev)), //
    SKEWNESS("skewness", "skew", Unit.NUMBER, "m3 / m2^1.5 of e (population moments)", energy(Moments::skewness)), //
    KURTOSIS("kurtosis", "kurt", Unit.NUMBER, "m4 / m2² − 3 of e (population moments)", energy(Moments::kurtosis)), //
    ACTIVE("active", "active", Unit.SHARE, "share of columns with |e| > 1e-5", energy(m -> m.active / (double) m.n)), //
    ENTROPY("entropy", "entropy", Unit.BITS, "H = −Σ p log2 p with p = e / Σ e", energy(Moments::entropy)), //
    ENTROPY_NORMALIZED("entropy_normalized", "H norm", Unit.SHARE,
            "H / log2 N: 100 % if all columns are alike, near 0 if a few hold everything",
            energy(m -> m.n > 1 ? m.entropy() / Moments.log2(m.n) : Double.NaN)), //
    ZD("zd", "ZD", Unit.SHARE, "z-score density: share of columns with (e − μ) / σ > 1", t -> t.zScoreDensity), //

    ACTIVATION_MEAN("activation.mean", "mean E[x]", Unit.NUMBER, "mean of a", activation(m -> m.mean)), //
    ACTIVATION_STDDEV("activation.stddev", "stddev E[x]", Unit.NUMBER, "standard deviation of a",
            activation(Moments::stddev)), //
    ACTIVATION_SKEWNESS("activation.skewness", "skew E[x]", Unit.NUMBER, "skewness of a",
            activation(Moments::skewness)), //
    ACTIVATION_KURTOSIS("activation.kurtosis", "kurt E[x]", Unit.NUMBER, "kurtosis of a",
            activation(Moments::kurtosis)), //

    COSINE_SIMILARITY("cosine_similarity", "cos", Unit.CORRELATION,
            "cosine of the angle to the same tensor in the nearest earlier layer",
            earlier(Similarity::cosineSimilarity)), //
    L2_DISTANCE("l2_distance", "L2 dist", Unit.NUMBER, "Euclidean distance to that tensor",
            earlier(Similarity::l2Distance)), //
    PEARSON("pearson", "PCC", Unit.CORRELATION, "Pearson correlation with that tensor", earlier(Similarity::pearson)), //
    COVARIANCE("covariance", "cov", Unit.NUMBER, "covariance with that tensor, divided by N",
            earlier(Similarity::covariance)), //
    GAIN("gain", "gain", Unit.RATIO, "√(Σ e / N) over the same of that tensor", TensorStats::gain);

    private final String key;
    private final String header;
    private final Unit unit;
    private final String description;
    private final ToDoubleFunction<TensorStats> formula;

    Statistic(String key, String header, Unit unit, String description, ToDoubleFunction<TensorStats> formula) {
        this.key = key;
        this.header = header;
        this.unit = unit;
        this.description = description;
        this.formula = formula;
    }

    private static ToDoubleFunction<TensorStats> energy(ToDoubleFunction<Moments> formula) {
        return tensor -> tensor.energy.defined() ? formula.applyAsDouble(tensor.energy) : Double.NaN;
    }

    private static ToDoubleFunction<TensorStats> activation(ToDoubleFunction<Moments> formula) {
        return tensor -> tensor.activation != null && tensor.activation.defined()
                ? formula.applyAsDouble(tensor.activation)
                : Double.NaN;
    }

    private static ToDoubleFunction<TensorStats> earlier(ToDoubleFunction<Similarity> formula) {
        return tensor -> tensor.earlier == null ? Double.NaN : formula.applyAsDouble(tensor.earlier.similarity());
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String header() {
        return header;
    }

    @Override
    public Unit unit() {
        return unit;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public double of(TensorStats tensor) {
        return formula.applyAsDouble(tensor);
    }
}
