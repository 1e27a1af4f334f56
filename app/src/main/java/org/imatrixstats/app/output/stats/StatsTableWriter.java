package org.imatrixstats.app.output.stats;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.app.output.Summary;
import org.imatrixstats.app.output.Tables;
import org.imatrixstats.app.terminal.Terminal;

/** Tables for people: what the file is, a table per group of rows, and what the columns mean. */
final class StatsTableWriter implements StatsWriter {
    private final Terminal terminal;
    private final Page page;

    StatsTableWriter(Terminal terminal) {
        this.terminal = terminal;
        this.page = new Page(terminal);
    }

    @Override
    public void add(FileReport report, List<Sheet<FileReport, ?>> sheets) {
        if (!page.isEmpty()) {
            page.line("");
        }
        page.paragraph(report.name(), terminal::bold);
        Summary.lines(report.summary(), report.report()).forEach(line -> page.indented(line));
        Set<String> headers = new HashSet<>();
        sheets.forEach(sheet -> headers.addAll(page.add(sheet.tables(terminal))));
        List<String> notes = Stream.concat(sheets.stream().flatMap(sheet -> sheet.notes(headers).stream()),
                report.report().notes().stream().map(note -> "Note: " + note + ".")).toList();
        if (!notes.isEmpty()) {
            page.line("");
        }
        notes.forEach(note -> page.paragraph(note, terminal::dim));
    }

    @Override
    public String text() {
        return page.text();
    }
}
