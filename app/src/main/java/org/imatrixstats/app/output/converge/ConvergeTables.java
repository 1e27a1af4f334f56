package org.imatrixstats.app.output.converge;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.output.converge.ConvergeReport.KindRow;
import org.imatrixstats.app.output.converge.ConvergeReport.SnapshotRow;
import org.imatrixstats.app.output.converge.ConvergeReport.TensorRow;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.Figure.Unit;

/** The tables of {@code converge} for people. */
final class ConvergeTables {
    private static final int DIGITS = 5;
    private static final int DIGITS_OF_A_KIND = 2;
    /** What is shown; where it does not all fit, what comes last is left out first. The first names the row. */
    private static final List<String> SNAPSHOT = List.of("chunks", "to_last.median", "to_last.worst", "rows",
            "to_previous.median", "batch.sum_deviation", "batch.share_part", "to_previous.worst",
            "to_last.worst_tensor");
    private static final List<String> OF_EXPERTS = List.of("experts_with_data", "experts");
    private static final List<String> KIND = List.of("kind", "tensors", "moving", "expected_divergence.median",
            "more_chunks", "expected_divergence.worst", "sum_error.median", "sum_error.worst", "share_error.median",
            "share_error.worst");
    private static final List<String> TENSOR = List.of("name", "expected_divergence", "sum_error", "share_error",
            "last_step", "more_chunks", "batches");
    private static final List<String> EXPERTS_UNKNOWN = List.of("experts_unknown");

    private ConvergeTables() {
    }

    static List<TextTable> of(ConvergeReport report, List<Level<?>> levels) {
        List<TextTable> tables = new ArrayList<>();
        if (levels.contains(ConvergeLevels.SNAPSHOT)) {
            tables.add(snapshots(report));
        }
        if (levels.contains(ConvergeLevels.KIND)) {
            tables.add(new TextTable("kinds: JS to be expected, and errors",
                    columns(ConvergeLevels.KIND.columns(), report.kinds(), KIND)));
            tables.add(curves(report));
        }
        if (levels.contains(ConvergeLevels.TENSOR)) {
            tables.add(tensors(report));
        }
        return tables;
    }

    private static TextTable snapshots(ConvergeReport report) {
        List<SnapshotRow> rows = report.snapshots();
        boolean chunks = rows.stream().anyMatch(row -> row.snapshot().chunks().isPresent());
        List<String> shown = new ArrayList<>(SNAPSHOT);
        if (!chunks) {
            shown.remove("chunks");
            shown.remove("rows");
            shown.addFirst("rows");
        }
        if (report.run().series().last().experts() > 0) {
            shown.addAll(5, OF_EXPERTS);
        }
        return new TextTable("snapshots: JS to the last and to the previous",
                columns(ConvergeLevels.SNAPSHOT.columns(), rows, shown));
    }

    /** By kind, the median divergence of each snapshot to the last. */
    private static TextTable curves(ConvergeReport report) {
        List<KindRow> kinds = report.kinds();
        List<TextColumn> columns = new ArrayList<>();
        columns.add(new TextColumn("kind", kinds.stream().map(kind -> Text.printable(kind.kind())).toList(), true, 0));
        List<SnapshotRow> snapshots = report.snapshots();
        for (int i = 0; i < snapshots.size() - 1; i++) {
            int index = i;
            List<String> cells = kinds.stream()
                    .map(kind -> significant(kind.run().toLast(index).median(), DIGITS_OF_A_KIND)).toList();
            // Spread over the run: of halves and quarters of the numbers, the bits are reversed smallest.
            int priority = 1 + (Integer.reverse(i) >>> 1);
            columns.add(new TextColumn("at " + ConvergeText.moment(snapshots.get(i).snapshot()).replaceAll(" .*", ""),
                    cells, true, priority));
        }
        return new TextTable("kinds: median JS to the last", columns);
    }

    private static TextTable tensors(ConvergeReport report) {
        List<TensorRow> all = report.tensors().stream().filter(row -> row.tensor().sameInputAs() == null).toList();
        boolean shared = all.size() < report.tensors().size();
        List<TensorRow> shown = all.subList(0, Math.min(report.top(), all.size()));
        List<String> keys = new ArrayList<>(TENSOR);
        if (all.stream().anyMatch(row -> row.tensor().error().expertsUnknown() > 0)) {
            keys.addAll(5, EXPERTS_UNKNOWN);
        }
        return new TextTable(
                "tensors" + (shared ? ", each input once" : "") + ", worst first"
                        + (shown.size() < all.size()
                                ? ": " + shown.size() + " of " + all.size() + " (--top)"
                                : ""),
                columns(ConvergeLevels.TENSOR.columns(), shown, keys));
    }

    private static <R> List<TextColumn> columns(List<Column<R>> all, List<R> rows, List<String> shown) {
        List<TextColumn> columns = new ArrayList<>();
        for (String key : ordered(all, shown)) {
            Column<R> column = all.stream().filter(each -> each.key().equals(key)).findFirst().orElseThrow();
            boolean bits = column.unit() == Unit.BITS;
            List<String> cells = bits
                    ? rows.stream().map(row -> significant(column.number().applyAsDouble(row), DIGITS)).toList()
                    : Cells.of(column, rows);
            columns.add(new TextColumn(column.header(), cells, bits || column.isText(), shown.indexOf(key)));
        }
        return columns;
    }

    private static <R> List<String> ordered(List<Column<R>> all, List<String> shown) {
        return IntStream.range(0, all.size()).mapToObj(i -> all.get(i).key()).filter(shown::contains).toList();
    }

    /** RollUp span many powers of ten: each keeps its digits. */
    private static String significant(double value, int digits) {
        return Double.isNaN(value) ? Cells.UNDEFINED : Numbers.significant(value, digits);
    }
}
