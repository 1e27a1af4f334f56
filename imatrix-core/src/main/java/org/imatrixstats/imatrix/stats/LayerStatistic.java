package org.imatrixstats.imatrix.stats;

import java.util.function.ToDoubleFunction;

/** The figures of a layer. */
public enum LayerStatistic implements Figure<LayerStats> {
    TENSORS("tensors", "tensors", Unit.COUNT, "tensors with data", layer -> layer.tensors().size()), //
    ELEMENTS("elements", "N", Unit.COUNT, "columns with data of all tensors", LayerStats::elements), //
    ENERGY_SUM("energy_sum", "Σ E[x²]", Unit.NUMBER, "Σ of all tensors together",
            layer -> layer.tensors().stream().mapToDouble(Statistic.SUM::of).sum()), //
    WEIGHTED_MEAN_SUM("weighted_mean_sum", "μΣ", Unit.NUMBER, "mean of the tensors' Σ, weighted by N",
            layer -> layer.weightedMean(Statistic.SUM::of)), //
    WEIGHTED_MEAN_ZD("weighted_mean_zd", "μZD", Unit.SHARE, "mean of the tensors' ZD, weighted by N",
            layer -> layer.weightedMean(Statistic.ZD::of)), //
    COSINE_SIMILARITY("cosine_similarity", "cos", Unit.CORRELATION,
            "cosine similarity with the earlier layers, from the pooled sums of all tensors that have one",
            earlier(Similarity::cosineSimilarity)), //
    L2_DISTANCE("l2_distance", "L2 dist", Unit.NUMBER, "distance, pooled likewise", earlier(Similarity::l2Distance)), //
    PEARSON("pearson", "PCC", Unit.CORRELATION, "Pearson correlation, pooled likewise", earlier(Similarity::pearson)), //
    COVARIANCE("covariance", "cov", Unit.NUMBER, "covariance, pooled likewise", earlier(Similarity::covariance)), //
    GAIN("gain", "gain", Unit.RATIO, "gain over the earlier layers, pooled likewise", LayerStats::gain);

    private final String key;
    private final String header;
    private final Unit unit;
    private final String description;
    private final ToDoubleFunction<LayerStats> formula;

    LayerStatistic(String key, String header, Unit unit, String description, ToDoubleFunction<LayerStats> formula) {
        this.key = key;
        this.header = header;
        this.unit = unit;
        this.description = description;
        this.formula = formula;
    }

    private static ToDoubleFunction<LayerStats> earlier(ToDoubleFunction<Similarity> formula) {
        return layer -> layer.withEarlier() == null ? Double.NaN : formula.applyAsDouble(layer.withEarlier());
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
    public double of(LayerStats layer) {
        return formula.applyAsDouble(layer);
    }
}
