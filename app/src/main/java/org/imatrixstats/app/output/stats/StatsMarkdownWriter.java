package org.imatrixstats.app.output.stats;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Summary;

/** A table per level. */
final class StatsMarkdownWriter implements StatsWriter {
    private final Markdown markdown = new Markdown();

    @Override
    public void add(FileReport report) {
        markdown.heading(report.name());
        Summary.lines(report.summary(), report.report()).forEach(markdown::paragraph);
        report.sheets().forEach(sheet -> markdown.add(StatsTables.shown(sheet, report)));
    }

    @Override
    public String text() {
        return markdown.text();
    }
}
