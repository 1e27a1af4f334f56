package org.imatrixstats.app.output.converge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.converge.ConvergeReport.KindRow;
import org.imatrixstats.app.output.converge.ConvergeReport.SnapshotRow;
import org.imatrixstats.app.output.converge.ConvergeReport.TensorRow;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.converge.ConvergenceStatistic;
import org.imatrixstats.converge.RollUp;
import org.imatrixstats.stats.Figure.Unit;
import org.imatrixstats.tensor.TensorName;

/** What a row is where the snapshots of a run are compared. To add a level: a class, and a line here. */
public final class ConvergeLevels {
    static final Level<ConvergeReport, SnapshotRow> SNAPSHOT = new SnapshotLevel();
    static final Level<ConvergeReport, KindRow> KIND = new KindLevel();
    static final Level<ConvergeReport, TensorRow> TENSOR = new TensorLevel();
    public static final List<Level<ConvergeReport, ?>> ALL = List.of(SNAPSHOT, KIND, TENSOR);

    private ConvergeLevels() {
    }

    /** Divergences span many powers of ten: each keeps its digits. */
    private abstract static class ConvergeLevel<R> extends Level<ConvergeReport, R> {
        private static final int DIGITS = 5;

        ConvergeLevel(String label, String name, List<Column<R>> columns) {
            super(label, List.of(name), columns);
        }

        /** The first names the row. */
        abstract List<String> shownKeys(Sheet<ConvergeReport, R> sheet);

        @Override
        protected final List<List<String>> shown(Sheet<ConvergeReport, R> sheet) {
            return shownKeys(sheet).stream().map(List::of).toList();
        }

        @Override
        protected final List<TextColumn> textColumns(Sheet<ConvergeReport, R> sheet, Terminal terminal,
                List<String> names) {
            List<String> shown = shownKeys(sheet);
            return sheet.columns().stream().filter(column -> shown.contains(column.key()))
                    .map(column -> textColumn(column, sheet.rows(), shown.indexOf(column.key()))).toList();
        }

        private static <R> TextColumn textColumn(Column<R> column, List<R> rows, int priority) {
            boolean bits = column.unit() == Unit.BITS;
            List<String> cells = bits
                    ? rows.stream().map(row -> significant(column.number().applyAsDouble(row), DIGITS)).toList()
                    : Cells.of(column, rows);
            return new TextColumn(column.header(), cells, bits || column.isText(), priority);
        }
    }

    static String significant(double value, int digits) {
        return Double.isNaN(value) ? Cells.UNDEFINED : Numbers.significant(value, digits);
    }

    /** A snapshot per row. */
    private static final class SnapshotLevel extends ConvergeLevel<SnapshotRow> {
        private static final List<String> SHOWN = List.of("chunks", "to_last.median", "to_last.worst", "rows",
                "to_previous.median", "batch.sum_deviation", "batch.share_part", "to_previous.worst",
                "to_last.worst_tensor");
        private static final List<String> OF_EXPERTS = List.of("experts_with_data", "experts");

        SnapshotLevel() {
            super("snapshot", "file", all());
        }

        private static List<Column<SnapshotRow>> all() {
            List<Column<SnapshotRow>> columns = new ArrayList<>();
            columns.add(Column.text("file", "file", row -> row.snapshot().name()));
            columns.add(Column.number("chunks", "chunks", Unit.COUNT,
                    row -> ConvergeReport.number(row.snapshot().chunks())));
            columns.add(Column.number("rows", "rows", Unit.COUNT, row -> row.snapshot().rows()));
            columns.addAll(rolledUp("to_last", "to last", Unit.BITS, SnapshotRow::toLast));
            columns.addAll(rolledUp("to_previous", "to previous", Unit.BITS, SnapshotRow::toPrevious));
            columns.add(
                    Column.number("batch.sum_deviation", "batch Σ off", Unit.SHARE, SnapshotRow::batchSumDeviation));
            columns.add(Column.number("batch.share_part", "of spread", Unit.SHARE, SnapshotRow::batchPart));
            columns.add(Column.number("experts_with_data", "reached", Unit.COUNT, row -> row.snapshot().reached()));
            columns.add(Column.number("experts", "experts", Unit.COUNT, row -> row.snapshot().experts()));
            return List.copyOf(columns);
        }

        @Override
        public List<SnapshotRow> rows(ConvergeReport report) {
            return report.snapshots();
        }

        @Override
        public String order() {
            return "rows";
        }

        @Override
        protected String title(Sheet<ConvergeReport, SnapshotRow> sheet) {
            return "snapshots: JS to the last and to the previous";
        }

        @Override
        List<String> shownKeys(Sheet<ConvergeReport, SnapshotRow> sheet) {
            List<String> shown = new ArrayList<>(SHOWN);
            if (sheet.rows().stream().noneMatch(row -> row.snapshot().chunks().isPresent())) {
                shown.remove("chunks");
                shown.remove("rows");
                shown.addFirst("rows");
            }
            if (sheet.source().run().series().last().experts() > 0) {
                shown.addAll(5, OF_EXPERTS);
            }
            return shown;
        }
    }

    /** A kind of tensor per row. */
    private static final class KindLevel extends ConvergeLevel<KindRow> {
        private static final List<String> SHOWN = List.of("kind", "tensors", "moving", "expected_divergence.median",
                "more_chunks", "expected_divergence.worst", "sum_error.median", "sum_error.worst",
                "share_error.median", "share_error.worst");

        KindLevel() {
            super("kind", "kind", all());
        }

        private static List<Column<KindRow>> all() {
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

        @Override
        public List<KindRow> rows(ConvergeReport report) {
            return report.kinds();
        }

        @Override
        public String order() {
            return "expected_divergence.worst";
        }

        @Override
        protected String title(Sheet<ConvergeReport, KindRow> sheet) {
            return "kinds: JS to be expected, and errors";
        }

        @Override
        List<String> shownKeys(Sheet<ConvergeReport, KindRow> sheet) {
            return SHOWN;
        }
    }

    /** A tensor per row. */
    private static final class TensorLevel extends ConvergeLevel<TensorRow> {
        private static final List<String> SHOWN = List.of("name", "expected_divergence", "sum_error", "share_error",
                "last_step", "more_chunks", "batches");
        private static final List<String> EXPERTS_UNKNOWN = List.of("experts_unknown");

        TensorLevel() {
            super("tensor", "name", all());
        }

        private static List<Column<TensorRow>> all() {
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

        /** Worst first. */
        @Override
        public List<TensorRow> rows(ConvergeReport report) {
            return report.tensors();
        }

        @Override
        public String order() {
            return "expected_divergence";
        }

        @Override
        public boolean alwaysOrdered() {
            return true;
        }

        @Override
        public Optional<TensorName> tensor(TensorRow row) {
            return Optional.of(row.name());
        }

        @Override
        public boolean isOfTensors() {
            return true;
        }

        @Override
        protected String title(Sheet<ConvergeReport, TensorRow> sheet) {
            int inputs = sheet.source().inputs().size();
            return "tensors" + (inputs < sheet.source().tensors().size() ? ", each input once" : "") + ", worst first"
                    + (sheet.rows().size() < inputs ? ": " + sheet.rows().size() + " of " + inputs + " (--top)" : "");
        }

        @Override
        List<String> shownKeys(Sheet<ConvergeReport, TensorRow> sheet) {
            List<String> shown = new ArrayList<>(SHOWN);
            if (sheet.source().inputs().stream().anyMatch(row -> row.tensor().error().expertsUnknown() > 0)) {
                shown.addAll(5, EXPERTS_UNKNOWN);
            }
            return shown;
        }
    }

    private static <R> List<Column<R>> rolledUp(String key, String header, Unit unit, Function<R, RollUp> figure) {
        return List.of(
                Column.number(key + ".median", header + " median", unit, row -> figure.apply(row).median()),
                Column.number(key + ".worst", header + " worst", unit, row -> figure.apply(row).worst()),
                Column.text(key + ".worst_tensor", "of", row -> figure.apply(row).of()));
    }
}
