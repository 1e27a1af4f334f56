package org.imatrixstats.app.output.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.check.Finding;
import org.imatrixstats.check.FindingCode;
import org.imatrixstats.check.Severity;

/** Findings for people: a line that says it all, then by severity and code what it means and where it is. */
final class CheckTableWriter implements CheckWriter {
    private static final int PLACES_SHOWN = 5;
    private static final String INDENT = Page.INDENT;

    private final Terminal terminal;
    private final boolean all;
    private final Page page;

    CheckTableWriter(Terminal terminal, boolean all) {
        this.terminal = terminal;
        this.all = all;
        this.page = new Page(terminal);
    }

    @Override
    public void add(CheckReport report) {
        if (!page.isEmpty()) {
            page.line("");
        }
        page.unwrapped(report.file() + ": " + report.summary(), terminal::bold);
        for (Severity severity : Severity.values()) {
            Map<FindingCode, List<Finding>> byCode = new EnumMap<>(FindingCode.class);
            report.of(severity)
                    .forEach(finding -> byCode.computeIfAbsent(finding.code(), _ -> new ArrayList<>()).add(finding));
            if (!byCode.isEmpty()) {
                page.line("");
                page.paragraph(severity.label() + "s", terminal::bold);
                byCode.forEach(this::add);
            }
        }
    }

    private void add(FindingCode code, List<Finding> findings) {
        page.indented(code.code());
        paragraph(code.explanation());
        paragraph("→ " + Advice.on(code));
        int shown = all ? findings.size() : Math.min(findings.size(), PLACES_SHOWN);
        findings.subList(0, shown).forEach(
                finding -> page.wrapped(place(finding), INDENT.repeat(3), INDENT.repeat(4), UnaryOperator.identity()));
        if (shown < findings.size()) {
            page.line(INDENT.repeat(3) + "… " + (findings.size() - shown) + " more, --all shows them");
        }
    }

    private void paragraph(String words) {
        page.wrapped(words, INDENT.repeat(2), INDENT.repeat(2), terminal::dim);
    }

    private static String place(Finding finding) {
        StringBuilder place = new StringBuilder();
        if (finding.tensor() != null) {
            place.append(finding.tensor());
            finding.expert().ifPresent(expert -> place.append(", expert ").append(expert));
            finding.column().ifPresent(column -> place.append(", column ").append(column));
            place.append(": ");
        }
        return place + finding.details();
    }

    @Override
    public String text() {
        return page.text();
    }
}
