package org.imatrixstats.app.output.converge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.output.converge.ConvergeReport.KindRow;
import org.imatrixstats.app.output.converge.ConvergeReport.SnapshotRow;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;

/** The tables of {@code converge} for people. */
final class ConvergeTables {
    private static final int DIGITS = 2;

    private ConvergeTables() {
    }

    static List<TextTable> of(ConvergeReport report, List<Level<ConvergeReport, ?>> levels) throws IOException {
        List<TextTable> tables = new ArrayList<>();
        for (Level<ConvergeReport, ?> level : levels) {
            if (level == ConvergeLevels.TENSOR) {
                tables.addAll(ConvergeLevels.TENSOR.sheet(report).withRows(report.inputs()).first(report.top())
                        .tables(Terminal.PIPE));
            } else {
                tables.addAll(level.sheet(report).tables(Terminal.PIPE));
            }
            if (level == ConvergeLevels.KIND) {
                tables.add(curves(report));
            }
        }
        return tables;
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
                    .map(kind -> ConvergeLevels.significant(kind.run().toLast(index).median(), DIGITS)).toList();
            // Spread over the run: of halves and quarters of the numbers, the bits are reversed smallest.
            int priority = 1 + (Integer.reverse(i) >>> 1);
            columns.add(new TextColumn("at " + ConvergeText.moment(snapshots.get(i).snapshot()).replaceAll(" .*", ""),
                    cells, true, priority));
        }
        return new TextTable("kinds: median JS to the last", columns);
    }
}
