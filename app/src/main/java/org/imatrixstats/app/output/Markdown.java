package org.imatrixstats.app.output;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.app.output.Level.Sheet;

/** Headings, paragraphs and tables in the Markdown that GitHub renders. */
public final class Markdown {
    private final StringBuilder text = new StringBuilder();

    public void heading(String heading) {
        text.append(text.isEmpty() ? "" : "\n").append("## ").append(escaped(heading)).append("\n");
    }

    public void subheading(String heading) {
        text.append("\n### ").append(escaped(heading)).append("\n");
    }

    /** What a reader opens by a click on the title. */
    public void folded(String title, Runnable content) {
        text.append("\n<details><summary>").append(escaped(title)).append("</summary>\n");
        content.run();
        text.append("\n</details>\n");
    }

    public void paragraph(String paragraph) {
        text.append(text.isEmpty() ? "" : "\n").append(escaped(paragraph)).append("\n");
    }

    public void warning(String warning) {
        text.append("\n**Warning:** ").append(escaped(warning)).append("\n");
    }

    public void item(String item) {
        text.append("\n- ").append(escaped(item)).append("\n");
    }

    /** Text of a fixed width, as it is. */
    public void code(String lines) {
        text.append("\n```\n").append(lines).append("\n```\n");
    }

    /** A table that is made of text already, under its title if it has one. */
    public void add(TextTable table) {
        if (!table.title().isEmpty()) {
            subheading(table.title());
        }
        text.append('\n');
        line(table.columns().stream().map(column -> column.header().replace("|", "\\|")));
        line(table.columns().stream().map(column -> column.left() ? ":--" : "--:"));
        for (int row = 0; row < table.columns().getFirst().cells().size(); row++) {
            int number = row;
            line(table.columns().stream().map(column -> escaped(column.cells().get(number))));
        }
    }

    public <R> void add(Sheet<?, R> sheet) {
        add(sheet.columns(), sheet.rows());
    }

    public <R> void add(List<Column<R>> columns, List<R> rows) {
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
    public static String escaped(String text) {
        return Text.printable(text).replaceAll("[\\\\`*_{}\\[\\]<>#|~&$]", "\\\\$0");
    }

    public String text() {
        return text.toString();
    }
}
