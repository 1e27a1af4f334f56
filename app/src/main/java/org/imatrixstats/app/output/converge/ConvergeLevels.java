package org.imatrixstats.app.output.converge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.converge.ConvergeReport.KindRow;
import org.imatrixstats.app.output.converge.ConvergeReport.SnapshotRow;
import org.imatrixstats.app.output.converge.ConvergeReport.TensorRow;
import org.imatrixstats.converge.ConvergenceStatistic;
import org.imatrixstats.converge.RollUp;
import org.imatrixstats.stats.Figure.Unit;

/** What a row is where the snapshots of a run are compared. */
public final class ConvergeLevels {
    static final Level<SnapshotRow> SNAPSHOT = new Level<>("snapshot", List.of("file"), snapshot(), "rows");
    static final Level<KindRow> KIND = new Level<>("kind", List.of("kind"), kind(), "expected_divergence.worst");
    static final Level<TensorRow> TENSOR = new Level<>("tensor", List.of("name"), tensor(), "expected_divergence",
            true, TensorRow::name);
    public static final List<Level<?>> ALL = List.of(SNAPSHOT, KIND, TENSOR);

    private ConvergeLevels() {
    }

    private static List<Column<SnapshotRow>> snapshot() {
        List<Column<SnapshotRow>> columns = new ArrayList<>();
        columns.add(Column.text("file", "file", row -> row.snapshot().name()));
        columns.add(Column.number("chunks", "chunks", Unit.COUNT,
                row -> ConvergeReport.number(row.snapshot().chunks())));
        columns.add(Column.number("rows", "rows", Unit.COUNT, row -> row.snapshot().rows()));
        columns.addAll(rolledUp("to_last", "to last", Unit.BITS, SnapshotRow::toLast));
        columns.addAll(rolledUp("to_previous", "to previous", Unit.BITS, SnapshotRow::toPrevious));
        columns.add(Column.number("batch.sum_deviation", "batch Σ off", Unit.SHARE, SnapshotRow::batchSumDeviation));
        columns.add(Column.number("batch.share_part", "of spread", Unit.SHARE, SnapshotRow::batchPart));
        columns.add(Column.number("experts_with_data", "reached", Unit.COUNT, row -> row.snapshot().reached()));
        columns.add(Column.number("experts", "experts", Unit.COUNT, row -> row.snapshot().experts()));
        return List.copyOf(columns);
    }

    private static List<Column<KindRow>> kind() {
        List<Column<KindRow>> columns = new ArrayList<>();
        columns.add(Column.text("kind", "kind", KindRow::kind));
        columns.add(Column.number("tensors", "tensors", Unit.COUNT, row -> row.run().tensors().size()));
        columns.add(Column.number("moving", "moving", Unit.COUNT, row -> row.verdict().moving().size()));
        columns.addAll(rolledUp("expected_divergence", "expected", Unit.BITS, KindRow::expected));
        columns.addAll(rolledUp("sum_error", "Σ ±", Unit.SHARE, KindRow::sumError));
        columns.addAll(rolledUp("share_error", "shares ±", Unit.SHARE, KindRow::shareError));
        columns.add(Column.number("more_chunks", "more chunks", Unit.COUNT,
                row -> ConvergeReport.number(row.verdict().moreChunksForAll())));
        return List.copyOf(columns);
    }

    private static List<Column<TensorRow>> tensor() {
        List<Column<TensorRow>> columns = new ArrayList<>();
        columns.add(Column.text("name", "tensor", TensorRow::name));
        columns.add(Column.number("layer", "layer", Unit.COUNT, row -> Level.layer(row.name())));
        columns.add(Column.text("kind", "kind", row -> row.name().kind()));
        for (ConvergenceStatistic statistic : ConvergenceStatistic.values()) {
            columns.add(Column.of(statistic).on(TensorRow::tensor));
        }
        columns.add(Column.text("basis", "basis", TensorRow::basis));
        columns.add(Column.number("more_chunks", "more chunks", Unit.COUNT, TensorRow::moreChunks));
        columns.add(Column.text("same_input_as", "same input as", row -> row.tensor().sameInputAs()));
        return List.copyOf(columns);
    }

    private static <R> List<Column<R>> rolledUp(String key, String header, Unit unit, Function<R, RollUp> figure) {
        return List.of(
                Column.number(key + ".median", header + " median", unit, row -> figure.apply(row).median()),
                Column.number(key + ".worst", header + " worst", unit, row -> figure.apply(row).worst()),
                Column.text(key + ".worst_tensor", "of", row -> figure.apply(row).of()));
    }
}
