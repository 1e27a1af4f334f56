package org.imatrixstats.app.output.check;

import java.util.List;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.check.Finding;
import org.imatrixstats.stats.Figure.Unit;

/** Findings as a table. */
final class CheckMarkdownWriter implements CheckWriter {
    private static final List<Column<Finding>> COLUMNS = List.of(
            Column.text("severity", "severity", finding -> finding.severity().label()),
            Column.text("code", "code", finding -> finding.code().code()),
            Column.text("tensor", "tensor", Finding::tensor),
            Column.number("expert", "expert", Unit.COUNT,
                    finding -> finding.expert().isPresent() ? finding.expert().getAsInt() : Double.NaN),
            Column.number("column", "column", Unit.COUNT,
                    finding -> finding.column().isPresent() ? finding.column().getAsLong() : Double.NaN),
            Column.text("found", "found", Finding::details),
            Column.text("meaning", "meaning", finding -> finding.code().explanation()),
            Column.text("advice", "what to do", finding -> Advice.on(finding.code())));

    private final Markdown markdown = new Markdown();

    @Override
    public void add(CheckReport report) {
        markdown.heading(report.file());
        markdown.paragraph(report.summary());
        if (!report.findings().isEmpty()) {
            markdown.add(COLUMNS, report.findings());
        }
    }

    @Override
    public String text() {
        return markdown.text();
    }
}
