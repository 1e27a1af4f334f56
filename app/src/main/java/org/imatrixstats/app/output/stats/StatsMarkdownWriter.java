package org.imatrixstats.app.output.stats;

import java.util.List;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.app.output.Summary;

/** A table per level. */
final class StatsMarkdownWriter implements StatsWriter {
    private final Markdown markdown = new Markdown();

    @Override
    public void add(FileReport report, List<Sheet<FileReport, ?>> sheets) {
        markdown.heading(report.name());
        Summary.lines(report.summary(), report.report()).forEach(markdown::paragraph);
        sheets.forEach(sheet -> markdown.add(sheet.shown()));
    }

    @Override
    public String text() {
        return markdown.text();
    }
}
