package org.imatrixstats.app.output;

import java.util.List;

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
        line(terminal.bold(Text.printable(report.name())));
        Summary.lines(FileSummary.of(report), report.report())
                .forEach(line -> line(INDENT + Text.printable(line)));
        for (Sheet<?> sheet : report.sheets()) {
            add(Tables.of(sheet, report, terminal));
        }
        List<String> notes = Notes.of(report);
        if (!notes.isEmpty()) {
            line("");
        }
        for (String note : notes) {
            Text.wrapped(note, terminal.columns()).forEach(line -> line(terminal.dim(line)));
        }
    }

    private void add(List<TextTable> tables) {
        TextTable.Fit fit = TextTable.Fit.of(tables, terminal.columns());
        for (TextTable table : tables) {
            line("");
            line(terminal.bold(table.title()));
            line(terminal.dim(table.header(fit)));
            table.rows(fit).forEach(this::line);
        }
    }

    private void line(String line) {
        text.append(terminal.ascii() ? Text.ascii(line) : line).append('\n');
    }

    @Override
    public String text() {
        return text.toString();
    }
}
