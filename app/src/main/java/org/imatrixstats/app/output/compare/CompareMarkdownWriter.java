package org.imatrixstats.app.output.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Markdown;

/** A comparison in the Markdown that GitHub renders. */
final class CompareMarkdownWriter {
    private final Markdown markdown = new Markdown();

    String text(CompareReport report) {
        if (report.matrix() != null) {
            writeMatrix(report);
        }
        for (CompareReport.Pair pair : report.pairs()) {
            String a = CompareReport.letter(pair.a());
            String b = CompareReport.letter(pair.b());
            markdown.heading(report.a(pair).name() + " (" + a + ") and " + report.b(pair).name() + " (" + b + ")");
            for (String line : Verdict.of(report, pair).lines()) {
                if (line.startsWith(Verdict.INDENT)) {
                    markdown.item(line.strip());
                } else {
                    markdown.paragraph(line);
                }
            }
            pair.sheets().forEach(
                    sheet -> markdown.add(CompareTableWriter.named(CompareTableWriter.shown(sheet, pair), b)));
            if (pair.sheets().stream().anyMatch(sheet -> sheet.level() == PairLevels.COVERAGE)) {
                markdown.paragraph(Verdict.coverage(pair.selected(), a, b));
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
