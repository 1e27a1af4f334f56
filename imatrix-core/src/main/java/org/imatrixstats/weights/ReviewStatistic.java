package org.imatrixstats.weights;

import java.util.function.ToDoubleFunction;

import org.imatrixstats.stats.Figure;

/** What can be said about a tensor beside its {@link WeightStatistic}s. */
public enum ReviewStatistic implements Figure<TensorReview> {
    DISTINCT("distinct", "distinct", Unit.COUNT,
            "different values; counted for F16, BF16 and tensors of up to 2^20 values",
            tensor -> tensor.distribution().distinct() < 0 ? Double.NaN : tensor.distribution().distinct()), //
    MEDIAN("median", "median", Unit.NUMBER, "middle value, or the mean of the two middle ones",
            tensor -> tensor.distribution().median()), //
    PEAK("peak", "peak σ", Unit.RATIO, "largest |w − mean| / σ: how far the largest outlier lies",
            tensor -> peak(tensor.sums())), //
    BEYOND_3("beyond_sigma.3.share", ">3σ", Unit.SHARE, "share of the values farther than 3 σ from the mean",
            tensor -> tensor.distribution().shareBeyond(3)), //
    BEYOND_4("beyond_sigma.4.share", ">4σ", Unit.SHARE, "the same for 4 σ",
            tensor -> tensor.distribution().shareBeyond(4)), //
    BEYOND_6("beyond_sigma.6.share", ">6σ", Unit.SHARE, "the same for 6 σ",
            tensor -> tensor.distribution().shareBeyond(6)), //
    ROW_NORMS("row_norms.max_over_median", "row max", Unit.RATIO, "largest L2 norm of a row over the median one",
            tensor -> tensor.rowNorms().maxOverMedian()), //
    COLUMN_NORMS("column_norms.max_over_median", "col max", Unit.RATIO,
            "largest L2 norm of a column over the median one",
            tensor -> tensor.columnNorms().maxOverMedian()), //
    COLUMN_OUTLIERS("column_norms.outliers", "col out", Unit.COUNT, "columns whose norm is 3 times the median or more",
            tensor -> tensor.columnNorms().outliers()), //
    BEST_K("clusters.best_k", "k", Unit.COUNT, "clusters of the best partition, by silhouette",
            tensor -> tensor.clusters() == null || tensor.clusters().best() == null
                    ? Double.NaN
                    : tensor.clusters().best().k()), //
    SILHOUETTE("clusters.best_silhouette", "silhouette", Unit.CORRELATION, "its mean silhouette, from −1 to 1",
            tensor -> tensor.clusters() == null || tensor.clusters().best() == null
                    ? Double.NaN
                    : tensor.clusters().best().silhouette()), //
    QUANTIZER_4("clusters.quantizers.4.relative_error", "err 4 bit", Unit.SHARE,
            "Σ(w − Q(w))² / Σw² of the best 16 levels without blocks or scales",
            tensor -> tensor.clusters() == null ? Double.NaN : tensor.clusters().relativeError(4)), //
    WEIGHTED_MEAN("weighted.mean", "w mean", Unit.NUMBER, "mean where each weight counts with E[x²] of its column",
            tensor -> tensor.weighted() == null ? Double.NaN : tensor.weighted().mean()), //
    WEIGHTED_STD_DEV("weighted.std_dev", "w σ", Unit.NUMBER, "standard deviation of the same distribution",
            tensor -> tensor.weighted() == null ? Double.NaN : tensor.weighted().stdDev()), //
    WEIGHTED_L2_NORM("weighted.l2_norm", "w L2", Unit.NUMBER,
            "√Σ E[x²]·w²: the expected norm of the output if the inputs are uncorrelated",
            tensor -> tensor.weighted() == null ? Double.NaN : tensor.weighted().l2Norm()), //
    SHARED_OUTLIERS("weighted.shared_outliers", "shared out", Unit.COUNT,
            "columns that stand out by their norm and by their activations",
            tensor -> tensor.weighted() == null ? Double.NaN : tensor.weighted().sharedOutliers().size());

    private final Definition<TensorReview> definition;

    ReviewStatistic(String key, String header, Unit unit, String description, ToDoubleFunction<TensorReview> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    private static double peak(WeightSums sums) {
        double farthest = Math.max(sums.greatest() - sums.average(), sums.average() - sums.least());
        return sums.stdDev() == 0 ? Double.NaN : farthest / sums.stdDev();
    }

    @Override
    public Definition<TensorReview> definition() {
        return definition;
    }
}
