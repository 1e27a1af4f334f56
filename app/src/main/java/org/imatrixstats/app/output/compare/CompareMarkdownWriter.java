package org.imatrixstats.app.output.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Level.Sheet;

/** A comparison in the Markdown that GitHub renders. */
final class CompareMarkdownWriter {
    private final Markdown markdown = new Markdown();

    String text(CompareReport report) {
        if (report.matrix() != null) {
            writeMatrix(report);
        }
        for (CompareReport.Pair pair : report.pairs()) {
            CompareReport.Two two = pair.two();
            markdown.heading(report.a(pair).name() + " (" + two.letterA() + ") and " + report.b(pair).name() + " ("
                    + two.letterB() + ")");
            for (String line : Verdict.of(report, pair).lines()) {
                if (line.startsWith(Verdict.INDENT)) {
                    markdown.item(line.strip());
                } else {
                    markdown.paragraph(line);
                }
            }
            for (Sheet<CompareReport.Two, ?> sheet : pair.sheets()) {
                markdown.add(CompareReport.lettered(sheet.shown()));
                if (sheet.level() == PairLevels.COVERAGE) {
                    sheet.notes(Set.of()).forEach(markdown::paragraph);
                }
            }
        }
        return markdown.text();
    }

    private void writeMatrix(CompareReport report) {
        markdown.heading("Median Jensen-Shannon divergence, bits");
        int n = report.files().size();
        List<Column<Integer>> columns = new ArrayList<>(
                List.of(Column.text("file", "file", i -> report.files().get(i).name())));
        IntStream.range(0, n)
                .forEach(j -> columns.add(Column.text("" + j, Markdown.escaped(report.files().get(j).name()),
                        i -> Cells.bits(report.matrix()[i][j]))));
        markdown.add(columns, IntStream.range(0, n).boxed().toList());
    }
}
