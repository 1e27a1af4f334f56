package org.imatrixstats.app.output.plan;

import java.util.List;
import java.util.Set;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.stats.Figure.Unit;

/** What a row of {@code plan} is. */
final class PlanLevels {
    static final Level<PlanReport, Tensor> TENSOR = new TensorLevel();
    static final Level<PlanReport, PlanRow> ROW = new RowLevel();

    private static final Set<String> OF_SEVERAL = Set.of("layers", "count");

    private PlanLevels() {
    }

    /** Whether a column says something only of rows that several tensors share. */
    static boolean isOfSeveral(Column<PlanRow> column) {
        return OF_SEVERAL.contains(column.key());
    }

    /** A tensor with the program that names its types. */
    record Tensor(PlannedTensor planned, PlanReport report) {
        String type() {
            return report.plan().dialect().nameOf(planned.type());
        }

        String sourceType() {
            return report.plan().dialect().nameOf(planned.source().ggmlType());
        }

        String rule() {
            return planned.rule() == null ? null : planned.rule().text();
        }
    }

    /** A tensor per row, for programs. */
    private static final class TensorLevel extends Level<PlanReport, Tensor> {
        TensorLevel() {
            super("tensor", List.of("name"), List.of(Column.text("name", "tensor", tensor -> tensor.planned.name()),
                    Column.shape("shape", "shape", tensor -> tensor.planned.source().dims()),
                    Column.text("source_type", "from", Tensor::sourceType), Column.text("type", "to", Tensor::type),
                    Column.number("bytes", "bytes", Unit.COUNT, tensor -> tensor.planned.bytes()),
                    Column.text("rule", "rule", Tensor::rule),
                    Column.text("option", "option", tensor -> tensor.planned.option()),
                    Column.flag("fallback", "fallback", tensor -> tensor.planned.fallback()),
                    Column.flag("quantized", "quantized", tensor -> tensor.planned.quantized())));
        }

        @Override
        public List<Tensor> rows(PlanReport report) {
            return report.plan().tensors().stream().map(tensor -> new Tensor(tensor, report)).toList();
        }

        @Override
        public String order() {
            return "bytes";
        }

        @Override
        protected List<List<String>> shown(Sheet<PlanReport, Tensor> sheet) {
            return keys("type", "bytes");
        }
    }

    /** Tensors that are alike per row, for people. */
    private static final class RowLevel extends Level<PlanReport, PlanRow> {
        private static final int WIDEST_CELL = 44;
        private static final int WIDEST_LAYERS = 30;

        RowLevel() {
            super("tensor", List.of("tensor", "layers", "to", "mib"),
                    List.of(Column.text("tensor", "tensor", PlanRow::name),
                            Column.text("layers", "layers", PlanRow::layers),
                            Column.number("count", "count", Unit.COUNT, row -> row.tensors().size()),
                            Column.text("shape", "shape", PlanRow::shape),
                            Column.text("from", "from", PlanRow::from), Column.text("to", "to", PlanRow::to),
                            Column.number("mib", "MiB", Unit.RATIO, PlanRow::mib),
                            Column.number("bpw", "bpw", Unit.BITS, PlanRow::bitsPerWeight),
                            Column.text("why", "why", PlanRow::why)));
        }

        @Override
        public List<PlanRow> rows(PlanReport report) {
            return PlanRow.of(report.plan(), report.all());
        }

        @Override
        public String order() {
            return "mib";
        }

        @Override
        protected List<List<String>> shown(Sheet<PlanReport, PlanRow> sheet) {
            return keys("why", "bpw", "count", "shape", "from");
        }

        @Override
        protected String title(Sheet<PlanReport, PlanRow> sheet) {
            return "";
        }

        @Override
        protected List<TextColumn> textColumns(Sheet<PlanReport, PlanRow> sheet, Terminal terminal,
                List<String> names) {
            return super.textColumns(sheet, terminal, names).stream().map(column -> new TextColumn(column.header(),
                    column.cells().stream().map(cell -> cut(column.header(), cell)).toList(), column.left(),
                    column.priority())).toList();
        }

        /** Layers are cut between numbers. */
        private static String cut(String header, String cell) {
            boolean layers = header.equals("layers");
            int widest = layers ? WIDEST_LAYERS : WIDEST_CELL;
            if (cell.length() <= widest) {
                return cell;
            }
            int end = layers ? cell.lastIndexOf(", ", widest - 2) + 2 : widest - 1;
            return cell.substring(0, end) + "…";
        }
    }
}
