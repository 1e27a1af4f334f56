package org.imatrixstats.compare;

import java.util.function.ToDoubleFunction;

import org.imatrixstats.stats.Figure;

/** The figures of a column that stands out in many tensors. */
public enum OutlierStatistic implements Figure<OutlierChannel> {
    WIDTH("width", "width", Unit.COUNT, "columns of the tensors that are looked at together", OutlierChannel::width), //
    COLUMN("column", "column", Unit.COUNT, "number of the column (channel), from 0", OutlierChannel::column), //
    TENSORS("tensors", "tensors", Unit.COUNT, "tensors of that width, those that share an input counted once",
            OutlierChannel::tensors), //
    IN_A("in_a", "in A", Unit.COUNT, "in how many of them the column is among the largest 1% of A",
            OutlierChannel::inA), //
    IN_B("in_b", "in B", Unit.COUNT, "in how many of them the column is among the largest 1% of B",
            OutlierChannel::inB), //
    TIMES_A("times_a", "× mean A", Unit.RATIO,
            "E[x²] of the column over the mean of all columns of A, the average over these tensors",
            OutlierChannel::timesA), //
    TIMES_B("times_b", "× mean B", Unit.RATIO, "the same of B", OutlierChannel::timesB);

    private final Definition<OutlierChannel> definition;

    OutlierStatistic(String key, String header, Unit unit, String description,
            ToDoubleFunction<OutlierChannel> formula) {
        this.definition = new Definition<>(key, header, unit, description, formula);
    }

    @Override
    public Definition<OutlierChannel> definition() {
        return definition;
    }
}
