package org.imatrixstats.app.output.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.numeric.ErrorSums;
import org.imatrixstats.quantize.VerifiedTensor.Outcome;
import org.imatrixstats.quantize.VerifiedTensor;
import org.imatrixstats.tensor.TensorName;

/** The verdict, then the tensors, the worst outcome first; tensors of one kind, type and outcome share a row. */
final class VerifyTable {
    private static final int PERCENT = 100;

    private VerifyTable() {
    }

    /** Tensors that share a row. */
    private record Row(String name, List<VerifiedTensor> tensors) {
        VerifiedTensor first() {
            return tensors.getFirst();
        }

        double share() {
            return (double) tensors.stream().mapToLong(VerifiedTensor::differentBlocks).sum()
                    / tensors.stream().mapToLong(VerifiedTensor::blocks).sum();
        }

        double error(Function<VerifiedTensor, ErrorSums> sums) {
            return tensors.stream().map(sums).reduce(ErrorSums.EMPTY, ErrorSums::merge).weighted().value();
        }
    }

    static String text(VerifyReport report, Terminal terminal, boolean all) {
        Page page = new Page(terminal);
        page.unwrapped(report.file(), UnaryOperator.identity());
        page.wrapped(report.verdict(), Page.INDENT, Page.INDENT, report.equal() ? terminal::bold : terminal::high);
        report.advice().forEach(page::indented);
        page.line("");
        page.add(List.of(table(report, all)));
        return page.text();
    }

    static String markdown(VerifyReport report, boolean all) {
        Markdown markdown = new Markdown();
        markdown.heading(report.file());
        markdown.paragraph(report.verdict());
        report.advice().forEach(markdown::paragraph);
        markdown.add(table(report, all));
        return markdown.text();
    }

    private static TextTable table(VerifyReport report, boolean all) {
        List<Row> rows = rows(report, all);
        return new TextTable("", List.of( //
                column("tensor", true, 0, rows, Row::name),
                column("count", false, 2, rows, row -> Integer.toString(row.tensors.size())),
                column("outcome", true, 0, rows, row -> row.first().outcome().label()),
                column("type", true, 0, rows, row -> type(row.first().found())),
                column("expected", true, 1, rows, row -> type(row.first().expected())),
                column("different blocks", false, 3, rows,
                        row -> row.share() > 0 ? Numbers.fixed(PERCENT * row.share(), 2) + "%" : Cells.UNDEFINED),
                column("E", false, 4, rows, row -> error(row.error(VerifiedTensor::error))),
                column("E expected", false, 5, rows, row -> error(row.error(VerifiedTensor::expectedError)))));
    }

    private static TextColumn column(String header, boolean left, int priority, List<Row> rows,
            Function<Row, String> cell) {
        return new TextColumn(header, rows.stream().map(cell).toList(), left, priority);
    }

    private static List<Row> rows(VerifyReport report, boolean all) {
        Map<String, List<VerifiedTensor>> groups = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            report.tensors().stream().filter(tensor -> tensor.outcome() == outcome)
                    .forEach(tensor -> groups.computeIfAbsent(
                            outcome + " " + (all ? tensor.name() : TensorName.of(tensor.name()).kind()) + " "
                                    + tensor.found() + " " + tensor.expected(),
                            _ -> new ArrayList<>()).add(tensor));
        }
        return groups.values().stream().map(alike -> new Row(Text.printable(alike.size() == 1
                ? alike.getFirst().name()
                : TensorName.of(alike.getFirst().name()).kind()), alike)).toList();
    }

    private static String type(GgmlType type) {
        return type == null ? Cells.UNDEFINED : type.ggmlName();
    }

    private static String error(double value) {
        return Double.isFinite(value) ? Numbers.significant(value, 4) : Cells.UNDEFINED;
    }
}
