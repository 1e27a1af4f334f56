package org.imatrixstats.app.output.stats;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.app.output.Summary;
import org.imatrixstats.app.output.Tables;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;

/** Tables for people: what the file is, a table per group of rows, and what the columns mean. */
final class StatsTableWriter implements StatsWriter {
    private static final String INDENT = "  ";

    private final Terminal terminal;
    private final Page page;

    StatsTableWriter(Terminal terminal) {
        this.terminal = terminal;
        this.page = new Page(terminal);
    }

    @Override
    public void add(FileReport report) {
        if (!page.isEmpty()) {
            page.line("");
        }
        page.wrapped(Text.printable(report.name()), "", terminal::bold);
        Summary.lines(report.summary(), report.report())
                .forEach(line -> page.wrapped(Text.printable(line), INDENT, UnaryOperator.identity()));
        Set<String> shown = new HashSet<>();
        for (Sheet<?> sheet : report.sheets()) {
            shown.addAll(page.add(StatsTables.of(sheet, report, terminal)));
        }
        List<String> notes = Notes.of(report, shown);
        if (!notes.isEmpty()) {
            page.line("");
        }
        notes.forEach(note -> page.wrapped(Text.printable(note), "", terminal::dim));
    }

    @Override
    public String text() {
        return page.text();
    }
}
