package org.imatrixstats.app.output;

import java.util.List;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;

/** Tables for people: what the file is, a table per group of rows, and what the columns mean. */
final class TableWriter implements ReportWriter {
    private static final String INDENT = "  ";

    private final Terminal terminal;
    private final StringBuilder text = new StringBuilder();

    TableWriter(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void add(FileReport report) {
        if (!text.isEmpty()) {
            line("");
        }
        wrapped(Text.printable(report.name()), "", terminal::bold);
        Summary.lines(FileSummary.of(report), report.report())
                .forEach(line -> wrapped(Text.printable(line), INDENT, UnaryOperator.identity()));
        for (Sheet<?> sheet : report.sheets()) {
            add(Tables.of(sheet, report, terminal));
        }
        List<String> notes = Notes.of(report);
        if (!notes.isEmpty()) {
            line("");
        }
        notes.forEach(note -> wrapped(Text.printable(note), "", terminal::dim));
    }

    private void add(List<TextTable> sheet) {
        // Likenesses in ASCII may be wider: they come before the widths are known.
        List<TextTable> tables = terminal.ascii() ? sheet.stream().map(TextTable::inAscii).toList() : sheet;
        TextTable.Fit fit = TextTable.Fit.of(tables, terminal.columns());
        for (TextTable table : tables) {
            line("");
            wrapped(table.title(), "", terminal::bold);
            line(terminal.dim(table.header(fit)));
            table.rows(fit).forEach(this::line);
        }
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void wrapped(String paragraph, String indent, UnaryOperator<String> style) {
        String shown = terminal.ascii() ? Text.ascii(paragraph) : paragraph;
        Text.wrapped(shown, terminal.columns() - indent.length()).forEach(line -> line(indent + style.apply(line)));
    }

    @Override
    public String text() {
        return text.toString();
    }
}
