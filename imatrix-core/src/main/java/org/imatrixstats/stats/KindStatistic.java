package org.imatrixstats.stats;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.numeric.Median;

/** The figures of a kind of tensor. */
public enum KindStatistic implements Figure<KindStats> {
    TENSORS("tensors", "tensors", Unit.COUNT, "tensors of the kind", kind -> kind.tensors().size()), //
    ELEMENTS("elements", "N", Unit.COUNT, "columns with data of all tensors",
            kind -> Arrays.stream(kind.figures(Statistic.ELEMENTS)).sum()), //
    SUM("sum", "Σ E[x²]", Unit.NUMBER, "Σ of all tensors together", kind -> sum(kind.figures(Statistic.SUM))), //
    SUM_MIN("sum_min", "Σ min", Unit.NUMBER, "smallest Σ of a tensor",
            kind -> Arrays.stream(kind.figures(Statistic.SUM)).min().orElse(Double.NaN)), //
    SUM_MEDIAN("sum_median", "Σ median", Unit.NUMBER, "median Σ of a tensor",
            kind -> Median.of(kind.figures(Statistic.SUM))), //
    SUM_MAX("sum_max", "Σ max", Unit.NUMBER, "largest Σ of a tensor",
            kind -> Arrays.stream(kind.figures(Statistic.SUM)).max().orElse(Double.NaN)), //
    LOG_SPREAD("log_spread", "spread", Unit.NUMBER,
            "1.4826 · MAD of the ln of the mean E[x²]: the typical factor between layers is exp of this",
            KindStats::spread), //
    MEAN_RATIO("mean_ratio", "max/min", Unit.RATIO,
            "largest mean E[x²] of a tensor over the smallest; up to 1.01 all are alike",
            KindStats::ratio), //
    ENTROPY_NORMALIZED_MEDIAN("entropy_normalized_median", "H norm", Unit.SHARE, "median of the normalized entropy",
            kind -> Median.of(kind.figures(Statistic.ENTROPY_NORMALIZED))), //
    SHARE("share", "share", Unit.SHARE,
            "Σ of the kind over Σ of all kinds, each tensor counted, also those that share an input",
            kind -> sum(kind.figures(Statistic.SUM)) / kind.sumOfAllKinds());

    private final Definition<KindStats> definition;

    KindStatistic(String key, String header, Unit unit, String description, ToDoubleFunction<KindStats> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    private static double sum(double[] figures) {
        return figures.length == 0 ? Double.NaN : Arrays.stream(figures).sum();
    }

    @Override
    public Definition<KindStats> definition() {
        return definition;
    }
}
