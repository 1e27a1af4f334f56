package org.imatrixstats.app.output;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.terminal.Text;

/** A table per level in the Markdown that GitHub renders. */
final class MarkdownWriter implements ReportWriter {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void add(FileReport report) {
        text.append(text.isEmpty() ? "" : "\n").append("## ").append(escaped(report.name())).append("\n");
        Summary.lines(FileSummary.of(report), report.report())
                .forEach(line -> text.append("\n").append(escaped(line)).append("\n"));
        report.sheets().forEach(this::add);
    }

    private <R> void add(Sheet<R> sheet) {
        text.append('\n');
        line(sheet.columns().stream().map(Column::header));
        line(sheet.columns().stream().map(column -> column.isText() ? ":--" : "--:"));
        List<List<String>> columns = sheet.columns().stream().map(column -> Cells.of(column, sheet.rows())).toList();
        for (int row = 0; row < sheet.rows().size(); row++) {
            int number = row;
            line(columns.stream().map(cells -> escaped(cells.get(number))));
        }
    }

    private void line(Stream<String> cells) {
        text.append(cells.collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    /** Backslashes before what Markdown and the HTML in it give a meaning. */
    static String escaped(String text) {
        return Text.printable(text).replaceAll("[\\\\`*_{}\\[\\]<>#|~&$]", "\\\\$0");
    }

    @Override
    public String text() {
        return text.toString();
    }
}
