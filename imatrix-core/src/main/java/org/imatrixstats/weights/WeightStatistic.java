package org.imatrixstats.weights;

import java.util.function.ToDoubleFunction;

import org.imatrixstats.stats.Figure;

/** What can be said about the values of a tensor, of an expert, or of several tensors together. */
public enum WeightStatistic implements Figure<WeightSums> {
    COUNT("count", "weights", Unit.COUNT, "values", WeightSums::count), //
    ZEROS("zeros", "zeros", Unit.COUNT, "values that are +0 or −0", WeightSums::zeros), //
    NEGATIVE_ZEROS("negative_zeros", "−0", Unit.COUNT, "values that are −0", WeightSums::negativeZeros), //
    COUNT_NONZERO("count_nonzero", "nonzero", Unit.COUNT, "values that are not zero, NaN and infinities among them",
            WeightSums::nonzero), //
    ZERO_PERCENT("zero_percent", "zero %", Unit.NUMBER, "100 · zeros / count",
            sums -> 100.0 * sums.zeros() / sums.count()), //
    NAN("nan", "NaN", Unit.COUNT, "values that are not a number; these and infinities are left out of what follows",
            WeightSums::nan), //
    POSITIVE_INF("positive_inf", "+inf", Unit.COUNT, "values that are +∞", WeightSums::positiveInfinite), //
    NEGATIVE_INF("negative_inf", "-inf", Unit.COUNT, "values that are −∞", WeightSums::negativeInfinite), //
    SUBNORMALS("subnormals", "subnormal", Unit.COUNT, "values that the type stores as subnormal",
            WeightSums::subnormals), //
    MIN("min", "min", Unit.NUMBER, "smallest value", WeightSums::least), //
    MAX("max", "max", Unit.NUMBER, "largest value", WeightSums::greatest), //
    ABS_MAX("abs_max", "max |w|", Unit.NUMBER, "largest magnitude", WeightSums::absMax), //
    MEAN("mean", "mean", Unit.NUMBER, "arithmetic mean", WeightSums::average), //
    MEAN_ABS("mean_abs", "mean |w|", Unit.NUMBER, "mean magnitude", WeightSums::meanAbs), //
    STD_DEV("std_dev", "σ", Unit.NUMBER, "population standard deviation", WeightSums::stdDev), //
    SKEWNESS("skewness", "skew", Unit.NUMBER, "m3 / m2^1.5, where mk is the mean of (w − mean)^k",
            WeightSums::skewness), //
    KURTOSIS("kurtosis", "kurtosis", Unit.NUMBER, "excess kurtosis m4 / m2² − 3: 0 for a normal distribution",
            WeightSums::kurtosis), //
    L2_NORM("l2_norm", "L2 norm", Unit.NUMBER, "√Σw²", WeightSums::l2Norm);

    private final Definition<WeightSums> definition;

    WeightStatistic(String key, String header, Unit unit, String description, ToDoubleFunction<WeightSums> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    @Override
    public Definition<WeightSums> definition() {
        return definition;
    }
}
