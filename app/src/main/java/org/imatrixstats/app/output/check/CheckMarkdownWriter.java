package org.imatrixstats.app.output.check;

import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.check.Finding;

/** Findings as a table in the Markdown that GitHub renders. */
final class CheckMarkdownWriter implements CheckWriter {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void add(CheckReport report) {
        text.append(text.isEmpty() ? "" : "\n").append("## ")
                .append(Markdown.escaped(report.file())).append("\n\n")
                .append(report.summary()).append("\n");
        if (!report.findings().isEmpty()) {
            text.append('\n');
            line(Stream.of("severity", "code", "tensor", "expert", "column", "found", "meaning", "what to do"));
            line(Stream.of(":--", ":--", ":--", "--:", "--:", ":--", ":--", ":--"));
            report.findings().forEach(this::add);
        }
    }

    private void add(Finding finding) {
        line(Stream.of(finding.severity().label(), finding.code().code(),
                finding.tensor() == null ? Cells.UNDEFINED : finding.tensor(),
                finding.expert().isPresent() ? "" + finding.expert().getAsInt() : Cells.UNDEFINED,
                finding.column().isPresent() ? "" + finding.column().getAsLong() : Cells.UNDEFINED, finding.details(),
                finding.code().explanation(), finding.code().advice()).map(Markdown::escaped));
    }

    private void line(Stream<String> cells) {
        text.append(cells.collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    @Override
    public String text() {
        return text.toString();
    }
}
