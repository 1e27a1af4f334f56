package org.imatrixstats.weights;

import java.util.function.ToDoubleFunction;

import org.imatrixstats.stats.Figure;

/** What can be said about the difference of two models, in a tensor or in several together. */
public enum ChangeStatistic implements Figure<ChangeSums> {
    COUNT("count", "weights", Unit.COUNT, "values compared", ChangeSums::count), //
    CHANGED("changed", "changed", Unit.COUNT, "values that differ; two NaNs do not", ChangeSums::changed), //
    CHANGED_SHARE("changed_share", "changed %", Unit.SHARE, "their share", ChangeSums::changedShare), //
    NON_FINITE("non_finite", "NaN/inf", Unit.COUNT, "pairs with a NaN or an infinity, left out of what follows",
            ChangeSums::nonFinite), //
    RELATIVE_CHANGE("relative_change", "‖Δ‖/‖A‖", Unit.SHARE, "L2 norm of the difference over that of A",
            ChangeSums::relativeChange), //
    WEIGHTED_RELATIVE_CHANGE("weighted_relative_change", "weighted", Unit.SHARE,
            "the same where each column counts with E[x²] of the importance matrix",
            ChangeSums::weightedRelativeChange), //
    COSINE("cosine", "cosine", Unit.CORRELATION, "cosine of the angle between A and B", ChangeSums::cosine), //
    LARGEST_CHANGE("largest_change", "max |Δ|", Unit.NUMBER, "largest difference of two values", ChangeSums::largest);

    private final Definition<ChangeSums> definition;

    ChangeStatistic(String key, String header, Unit unit, String description, ToDoubleFunction<ChangeSums> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    @Override
    public Definition<ChangeSums> definition() {
        return definition;
    }
}
