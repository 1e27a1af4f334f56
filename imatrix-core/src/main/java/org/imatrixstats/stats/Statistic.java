package org.imatrixstats.stats;

import java.util.function.ToDoubleFunction;

import org.imatrixstats.numeric.Kernels;
import org.imatrixstats.numeric.Moments;
import org.imatrixstats.numeric.Similarity;

/**
 * The figures of a tensor. e is the vector of E[x²] over its N columns with data, a that of E[x].
 *
 * <p>To add one: a constant here, and a field in {@code Moments} and a line in {@code Kernels} if it needs a new sum.
 */
public enum Statistic implements Figure<TensorStats> {
    ELEMENTS("elements", "N", Unit.COUNT, "columns with data: columns × experts with data", TensorStats::elements), //
    EXPERTS("experts", "experts", Unit.COUNT, "experts of the tensor, stored or inferred; 1 for a tensor that has none",
            TensorStats::experts), //
    EXPERTS_WITHOUT_DATA("experts_without_data", "empty", Unit.COUNT, "experts that no row reached",
            t -> t.entry().expertsWithoutData()), //

    SUM("sum", "Σ E[x²]", Unit.NUMBER, "Σ e: the energy, called Σ(Act²) and Σ(Bias) elsewhere", energy(m -> m.sum())), //
    MIN("min", "min", Unit.NUMBER, "smallest e", energy(m -> m.min())), //
    MAX("max", "max", Unit.NUMBER, "largest e", energy(m -> m.max())), //
    MEAN("mean", "mean", Unit.NUMBER, "μ = Σ e / N", energy(m -> m.mean())), //
    STDDEV("stddev", "stddev", Unit.NUMBER, "σ = √(Σ (e − μ)² / N)", energy(Moments::stddev)), //
    SKEWNESS("skewness", "skew", Unit.NUMBER, "m3 / m2^1.5 of e (population moments)", energy(Moments::skewness)), //
    KURTOSIS("kurtosis", "kurt", Unit.NUMBER, "m4 / m2² − 3 of e (population moments)", energy(Moments::kurtosis)), //
    ACTIVE("active", "active", Unit.SHARE, "share of columns with |e| > 1e-5",
            energy(m -> m.active() / (double) m.n())), //
    ENTROPY("entropy", "entropy", Unit.BITS, "H = −Σ p log2 p with p = e / Σ e", energy(Moments::entropy)), //
    ENTROPY_NORMALIZED("entropy_normalized", "H norm", Unit.SHARE,
            "H / log2 N: 100% if all columns are alike, near 0 if a few hold everything",
            energy(Moments::entropyNormalized)), //
    ZD("zd", "ZD", Unit.SHARE, "z-score density: share of columns with (e − μ) / σ > 1", t -> t.zScoreDensity), //

    ACTIVATION_MEAN("activation.mean", "mean E[x]", Unit.NUMBER, "mean of a", activation(m -> m.mean())), //
    ACTIVATION_STDDEV("activation.stddev", "stddev E[x]", Unit.NUMBER, "standard deviation of a",
            activation(Moments::stddev)), //
    ACTIVATION_SKEWNESS("activation.skewness", "skew E[x]", Unit.NUMBER, "skewness of a",
            activation(Moments::skewness)), //
    ACTIVATION_KURTOSIS("activation.kurtosis", "kurt E[x]", Unit.NUMBER, "kurtosis of a",
            activation(Moments::kurtosis)), //

    COSINE_SIMILARITY("cosine_similarity", "cos", Unit.CORRELATION,
            "cosine of the angle to the same tensor in the nearest earlier layer",
            earlier(Similarity::cosineSimilarity)), //
    L2_DISTANCE("l2_distance", "L2 dist", Unit.NUMBER,
            "Euclidean distance to the same tensor in the nearest earlier layer",
            earlier(Similarity::l2Distance)), //
    PEARSON("pearson", "PCC", Unit.CORRELATION, "Pearson correlation with the same tensor in the nearest earlier layer",
            earlier(Similarity::pearson)), //
    COVARIANCE("covariance", "cov", Unit.NUMBER,
            "covariance with the same tensor in the nearest earlier layer, divided by N",
            earlier(Similarity::covariance)), //
    GAIN("gain", "gain", Unit.RATIO, "√(Σ e / N) over that of the same tensor in the nearest earlier layer",
            TensorStats::gain), //

    RANK_IN_KIND("rank_in_kind", "rank", Unit.COUNT,
            "1 for the largest mean among the tensors of its kind; undefined where all are alike",
            standing(Standing::rankInKind)), //
    ROBUST_Z("robust_z", "z", Unit.SIGMAS,
            "(ln μ − median) / max(1.4826 · MAD, 0.0037) within its kind; undefined for fewer than 3 tensors, and where all are"
                    + " alike: within 1%",
            standing(Standing::robustZ)), //
    SHARE_OF_KIND("share_of_kind", "share", Unit.SHARE, "Σ over the sum of Σ of its kind",
            standing(Standing::shareOfKind)), //
    RANK_OVERALL("rank_overall", "rank all", Unit.COUNT,
            "1 for the largest Σ of all tensors: the order of the first version, which says little across kinds",
            standing(Standing::rankOverall)), //

    RESIDUAL_SHARE("residual_share", "writes", Unit.SHARE,
            "share of the residual stream behind its block that this tensor writes",
            t -> t.stream().share()), //
    RESIDUAL_WEIGHT("residual_weight", "s", Unit.NUMBER,
            "KL divergence per unit of relative error in this tensor, by the residual shares",
            t -> t.stream().weight()), //

    LOAD_ENTROPY("load_entropy", "load H", Unit.SHARE,
            "−Σ q log2 q / log2 experts with q = tokens of an expert / all: 100% if all experts are used alike",
            load(ExpertLoad::entropyNormalized)), //
    LOAD_GINI("load_gini", "load Gini", Unit.RATIO, "Gini coefficient of the experts' tokens: 0 if all are used alike",
            load(ExpertLoad::gini)), //
    EXPERTS_RARE("experts_rare", "rare", Unit.COUNT,
            "experts that were reached, but by less than 1% of their fair share of the tokens",
            load(ExpertLoad::rare));

    private final Definition<TensorStats> definition;

    Statistic(String key, String header, Unit unit, String description, ToDoubleFunction<TensorStats> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
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

    private static ToDoubleFunction<TensorStats> standing(ToDoubleFunction<Standing> formula) {
        return tensor -> tensor.standing() == null ? Double.NaN : formula.applyAsDouble(tensor.standing());
    }

    private static ToDoubleFunction<TensorStats> load(ToDoubleFunction<ExpertLoad> formula) {
        return tensor -> tensor.entry().experts() < 2
                ? Double.NaN
                : formula.applyAsDouble(ExpertLoad.of(tensor.entry()));
    }

    @Override
    public Definition<TensorStats> definition() {
        return definition;
    }
}
