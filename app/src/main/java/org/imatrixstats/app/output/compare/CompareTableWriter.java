package org.imatrixstats.app.output.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.FileSummary;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.Summary;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.output.compare.CompareReport.Two;
import org.imatrixstats.app.terminal.Terminal;

/** A comparison for people: the files, the answer in words, and tables, the worst first. */
final class CompareTableWriter {
    private final Terminal terminal;
    private final Page page;

    CompareTableWriter(Terminal terminal) {
        this.terminal = terminal;
        this.page = new Page(terminal);
    }

    String text(CompareReport report) {
        for (int file = 0; file < report.files().size(); file++) {
            writeFile(CompareReport.letter(file), report.files().get(file).summary());
        }
        if (report.matrix() != null) {
            page.add(List.of(matrix(report)));
        }
        for (CompareReport.Pair pair : report.pairs()) {
            write(report, pair);
        }
        return page.text();
    }

    private void writeFile(String letter, FileSummary file) {
        page.paragraph(letter + "  " + file.name(), terminal::bold);
        Summary.lines(file).forEach(page::indented);
    }

    private TextTable matrix(CompareReport report) {
        int n = report.files().size();
        List<TextColumn> columns = new ArrayList<>();
        columns.add(new TextColumn("", IntStream.range(0, n).mapToObj(CompareReport::letter).toList(), true, 0));
        for (int j = 0; j < n; j++) {
            int column = j;
            columns.add(new TextColumn(CompareReport.letter(j),
                    IntStream.range(0, n).mapToObj(i -> Cells.bits(report.matrix()[i][column])).toList(), false,
                    1 + j));
        }
        return new TextTable("median Jensen-Shannon divergence, bits", columns);
    }

    private void write(CompareReport report, CompareReport.Pair pair) {
        Two two = pair.two();
        page.line("");
        if (report.pairs().size() > 1) {
            page.paragraph(two.letterA() + " and " + two.letterB(), terminal::bold);
        }
        for (String line : Verdict.of(report, pair).lines()) {
            if (line.startsWith(Verdict.INDENT)) {
                page.indented(line.strip());
            } else {
                page.paragraph(line, UnaryOperator.identity());
            }
        }
        Set<String> notes = new LinkedHashSet<>();
        if (pair.leftOut() > 0) {
            notes.add(Numbers.count(pair.leftOut(), "row") + " not shown"
                    + (two.channels() == null ? ", including tensors that share an input with a listed one" : "")
                    + ". --top N shows more; --format csv shows all.");
        }
        pair.sheets().stream().filter(sheet -> !sheet.rows().isEmpty())
                .forEach(sheet -> notes.addAll(
                        sheet.notes(page.add(CompareReport.lettered(sheet).tables(terminal)))));
        page.line("");
        notes.forEach(note -> page.paragraph(note, terminal::dim));
    }
}
