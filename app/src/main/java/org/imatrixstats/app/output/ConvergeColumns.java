package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import org.imatrixstats.app.output.ConvergeReport.KindRow;
import org.imatrixstats.app.output.ConvergeReport.SnapshotRow;
import org.imatrixstats.imatrix.converge.ConvergenceStatistic;
import org.imatrixstats.imatrix.converge.Divergences;
import org.imatrixstats.imatrix.converge.TensorConvergence;
import org.imatrixstats.imatrix.stats.Figure.Unit;

/** The columns of {@code converge}, in the order of the machine formats. */
final class ConvergeColumns {
    static final List<Column<SnapshotRow>> SNAPSHOT = snapshot();
    static final List<Column<KindRow>> KIND = kind();

    private ConvergeColumns() {
    }

    private static List<Column<SnapshotRow>> snapshot() {
        List<Column<SnapshotRow>> columns = new ArrayList<>();
        columns.add(Column.text("file", "file", row -> row.snapshot().path()));
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
        columns.addAll(rolledUp("expected_divergence", "expected JS", Unit.BITS, KindRow::expected));
        columns.addAll(rolledUp("sum_error", "Σ ±", Unit.SHARE, KindRow::sumError));
        columns.addAll(rolledUp("share_error", "shares ±", Unit.SHARE, KindRow::shareError));
        columns.add(Column.number("more_chunks", "more chunks", Unit.COUNT,
                row -> ConvergeReport.number(row.verdict().moreChunksForAll())));
        return List.copyOf(columns);
    }

    static List<Column<TensorConvergence>> tensor(ConvergeReport report) {
        Stream<Column<TensorConvergence>> names = Stream.of(
                Column.text("name", "tensor", tensor -> tensor.name().name()),
                Column.number("layer", "layer", Unit.COUNT,
                        tensor -> tensor.name().hasLayer() ? tensor.name().layer() : Double.NaN),
                Column.text("kind", "kind", tensor -> tensor.name().kind()));
        Stream<Column<TensorConvergence>> figures = Stream.of(ConvergenceStatistic.values()).map(Column::of);
        Stream<Column<TensorConvergence>> extrapolated = Stream.of(
                Column.text("basis", "basis", tensor -> tensor.basis() == null ? null : tensor.basis().label()),
                Column.number("more_chunks", "more chunks", Unit.COUNT, tensor -> ConvergeReport
                        .number(report.verdict().moreChunksFor(tensor.expectedDivergence()))));
        return Stream.of(names, figures, extrapolated).flatMap(columns -> columns).toList();
    }

    private static <R> List<Column<R>> rolledUp(String key, String header, Unit unit, Function<R, Divergences> figure) {
        return List.of(
                Column.number(key + ".median", header + " median", unit, row -> figure.apply(row).median()),
                Column.number(key + ".worst", header + " worst", unit, row -> figure.apply(row).worst()),
                Column.text(key + ".worst_tensor", "of", row -> figure.apply(row).of()));
    }
}
