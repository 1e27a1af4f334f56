package org.imatrixstats.stats;

import java.util.function.ToDoubleFunction;

import org.imatrixstats.numeric.Similarity;

/** The figures of a layer. */
public enum LayerStatistic implements Figure<LayerStats> {
    TENSORS("tensors", "tensors", Unit.COUNT, "tensors with data", layer -> layer.tensors().size()), //
    ELEMENTS("elements", "N", Unit.COUNT, "columns with data of all tensors", LayerStats::elements), //
    ENERGY_SUM("energy_sum", "Σ E[x²]", Unit.NUMBER, "Σ of all tensors together, also of those that share an input",
            layer -> layer.tensors().stream().mapToDouble(Statistic.SUM::of).sum()), //
    DISTINCT_INPUTS("distinct_inputs", "inputs", Unit.COUNT,
            "different inputs: tensors that share one, bit for bit, count once",
            layer -> layer.distinctInputs().count()), //
    DISTINCT_ENERGY_SUM("distinct_energy_sum", "Σ distinct", Unit.NUMBER, "Σ with each input counted once",
            layer -> layer.distinctInputs().mapToDouble(Statistic.SUM::of).sum()), //
    WEIGHTED_MEAN_SUM("weighted_mean_sum", "μΣ", Unit.NUMBER, "mean of the tensors' Σ, weighted by N",
            layer -> layer.weightedMean(Statistic.SUM::of)), //
    WEIGHTED_MEAN_ZD("weighted_mean_zd", "μZD", Unit.SHARE, "mean of the tensors' ZD, weighted by N",
            layer -> layer.weightedMean(Statistic.ZD::of)), //
    COSINE_SIMILARITY("cosine_similarity", "cos", Unit.CORRELATION,
            "cosine of the angle to the earlier layers, pooled over all tensors",
            earlier(Similarity::cosineSimilarity)), //
    L2_DISTANCE("l2_distance", "L2 dist", Unit.NUMBER,
            "Euclidean distance to the earlier layers, pooled over all tensors", earlier(Similarity::l2Distance)), //
    PEARSON("pearson", "PCC", Unit.CORRELATION, "Pearson correlation with the earlier layers, pooled over all tensors",
            earlier(Similarity::pearson)), //
    COVARIANCE("covariance", "cov", Unit.NUMBER, "covariance with the earlier layers, pooled over all tensors",
            earlier(Similarity::covariance)), //
    GAIN("gain", "gain", Unit.RATIO, "root of the mean E[x²] over that of the earlier layers", LayerStats::gain), //
    ATTENTION_SHARE("attention_share", "attn writes", Unit.SHARE,
            "share of the residual stream behind it that the attention writes", layer -> layer.stream().attention()), //
    FFN_SHARE("ffn_share", "FFN writes", Unit.SHARE, "share of the residual stream behind it that the FFN writes",
            layer -> layer.stream().ffn()), //
    FFN_CARRIED("ffn_carried", "f", Unit.SHARE,
            "min(1, 2 · exp(H) / n) of the inputs of the FFN's down projection: 100% if many columns carry it",
            layer -> layer.stream().carried());

    private final Definition<LayerStats> definition;

    LayerStatistic(String key, String header, Unit unit, String description, ToDoubleFunction<LayerStats> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    private static ToDoubleFunction<LayerStats> earlier(ToDoubleFunction<Similarity> formula) {
        return layer -> layer.withEarlier() == null ? Double.NaN : formula.applyAsDouble(layer.withEarlier());
    }

    @Override
    public Definition<LayerStats> definition() {
        return definition;
    }
}
