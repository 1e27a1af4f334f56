package org.imatrixstats.app.output;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Text;

/** A table per level in the Markdown that GitHub renders. */
final class MarkdownWriter implements ReportWriter {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void add(FileReport report) {
        heading(report.name());
        Summary.lines(FileSummary.of(report), report.report()).forEach(this::paragraph);
        report.sheets().forEach(sheet -> add(Tables.shown(sheet, report)));
    }

    void heading(String heading) {
        text.append(text.isEmpty() ? "" : "\n").append("## ").append(escaped(heading)).append("\n");
    }

    void paragraph(String paragraph) {
        text.append("\n").append(escaped(paragraph)).append("\n");
    }

    void item(String item) {
        text.append("\n- ").append(escaped(item)).append("\n");
    }

    /** Text of a fixed width, as it is. */
    void code(String lines) {
        text.append("\n```\n").append(lines).append("\n```\n");
    }

    /** A table that is made of text already, under its title. */
    void add(TextTable table) {
        text.append("\n### ").append(escaped(table.title())).append("\n\n");
        line(table.columns().stream().map(TextColumn::header));
        line(table.columns().stream().map(column -> column.left() ? ":--" : "--:"));
        for (int row = 0; row < table.columns().getFirst().cells().size(); row++) {
            int number = row;
            line(table.columns().stream().map(column -> escaped(column.cells().get(number))));
        }
    }

    <R> void add(Sheet<R> sheet) {
        add(sheet.columns(), sheet.rows());
    }

    <R> void add(List<Column<R>> columns, List<R> rows) {
        text.append('\n');
        line(columns.stream().map(Column::header));
        line(columns.stream().map(column -> column.isText() ? ":--" : "--:"));
        List<List<String>> cells = columns.stream().map(column -> Cells.of(column, rows)).toList();
        for (int row = 0; row < rows.size(); row++) {
            int number = row;
            line(cells.stream().map(column -> escaped(column.get(number))));
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
