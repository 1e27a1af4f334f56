package org.imatrixstats.converge;

import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

import org.imatrixstats.stats.Figure;

/** What can be said about how well one tensor is known. */
public enum ConvergenceStatistic implements Figure<TensorConvergence> {
    ROWS("rows", "rows", Unit.COUNT, "rows that all experts together saw; of a legacy file, chunks",
            tensor -> LongStream.of(tensor.rows()).max().orElse(0)), //
    BATCHES("batches", "batches", Unit.COUNT,
            "batches of text that reached the tensor: what lies between two snapshots",
            tensor -> tensor.error().batches()), //
    EXPERTS_UNKNOWN("experts_unknown", "unknown", Unit.COUNT,
            "experts that only one batch reached: nothing is known of their error",
            tensor -> tensor.error().expertsUnknown()), //
    SUM_ERROR("sum_error", "Σ ±", Unit.SHARE, "standard error of Σ E[x²], over Σ", tensor -> tensor.error().sum()), //
    SHARE_ERROR("share_error", "shares ±", Unit.SHARE,
            "standard error of the share p of a column, over p: root of the mean square over columns, weighted by p",
            tensor -> tensor.error().shares()), //
    EXPECTED_DIVERGENCE("expected_divergence", "expected JS", Unit.BITS,
            "expected Jensen-Shannon divergence between the last matrix and that of an endless text",
            TensorConvergence::expectedDivergence), //
    LAST_STEP("last_step", "last step", Unit.BITS,
            "Jensen-Shannon divergence of the last matrix to the snapshot before",
            tensor -> tensor.toPrevious()[tensor.toPrevious().length - 1]);

    private final Definition<TensorConvergence> definition;

    ConvergenceStatistic(String key, String header, Unit unit, String description,
            ToDoubleFunction<TensorConvergence> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    @Override
    public Definition<TensorConvergence> definition() {
        return definition;
    }
}
