package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A comparison in the Markdown that GitHub renders. */
final class CompareMarkdownWriter {
    private final MarkdownWriter markdown = new MarkdownWriter();

    String text(CompareReport report) {
        if (report.matrix() != null) {
            writeMatrix(report);
        }
        for (CompareReport.Pair pair : report.pairs()) {
            markdown.heading(report.a(pair).name() + " (A) and " + report.b(pair).name() + " (B)");
            for (String line : Verdict.of(report, pair).lines()) {
                if (line.startsWith(Verdict.INDENT)) {
                    markdown.item(line.strip());
                } else {
                    markdown.paragraph(line);
                }
            }
            pair.sheets().forEach(sheet -> markdown.add(shown(sheet)));
        }
        return markdown.text();
    }

    private void writeMatrix(CompareReport report) {
        markdown.heading("Median Jensen-Shannon divergence, bits");
        int n = report.files().size();
        List<Column<Integer>> columns = new ArrayList<>(
                List.of(Column.text("file", "file", i -> report.files().get(i).name())));
        IntStream.range(0, n)
                .forEach(j -> columns.add(Column.text("" + j, MarkdownWriter.escaped(report.files().get(j).name()),
                        i -> Cells.bits(report.matrix()[i][j]))));
        markdown.add(columns, IntStream.range(0, n).boxed().toList());
    }

    /** The columns of a table for people, which are fewer than there are. */
    private static <R> Sheet<R> shown(Sheet<R> sheet) {
        List<String> keys = CompareTableWriter.SHOWN.get(sheet.level());
        return sheet.chosen()
                ? sheet
                : sheet.withColumns(sheet.columns().stream().filter(
                        column -> sheet.level().names().contains(column.key()) || keys.contains(column.key()))
                        .toList());
    }
}
