package org.imatrixstats.app.output.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.check.Finding;
import org.imatrixstats.check.FindingCode;
import org.imatrixstats.check.Severity;

/** Findings for people: a line that says it all, then by severity and code what it means and where it is. */
final class CheckTableWriter implements CheckWriter {
    private static final int PLACES_SHOWN = 5;
    private static final String INDENT = "  ";

    private final Terminal terminal;
    private final boolean all;
    private final StringBuilder text = new StringBuilder();

    CheckTableWriter(Terminal terminal, boolean all) {
        this.terminal = terminal;
        this.all = all;
    }

    @Override
    public void add(CheckReport report) {
        if (!text.isEmpty()) {
            line("");
        }
        line(terminal.bold(Text.printable(report.file() + ": " + report.summary())));
        for (Severity severity : Severity.values()) {
            Map<FindingCode, List<Finding>> byCode = new EnumMap<>(FindingCode.class);
            report.of(severity)
                    .forEach(finding -> byCode.computeIfAbsent(finding.code(), _ -> new ArrayList<>()).add(finding));
            if (!byCode.isEmpty()) {
                line("");
                line(terminal.bold(severity.label() + "s"));
                byCode.forEach(this::add);
            }
        }
    }

    private void add(FindingCode code, List<Finding> findings) {
        line(INDENT + code.code());
        paragraph(INDENT.repeat(2), code.explanation(), true);
        paragraph(INDENT.repeat(2), "→ " + code.advice(), true);
        int shown = all ? findings.size() : Math.min(findings.size(), PLACES_SHOWN);
        findings.subList(0, shown).forEach(finding -> paragraph(INDENT.repeat(3), place(finding), false));
        if (shown < findings.size()) {
            line(INDENT.repeat(3) + "… " + (findings.size() - shown) + " more, --all shows them");
        }
    }

    private static String place(Finding finding) {
        StringBuilder place = new StringBuilder();
        if (finding.tensor() != null) {
            place.append(finding.tensor());
            finding.expert().ifPresent(expert -> place.append(", expert ").append(expert));
            finding.column().ifPresent(column -> place.append(", column ").append(column));
            place.append(": ");
        }
        return Text.printable(place + finding.details());
    }

    /** Lines that continue a text stand further in than its first. */
    private void paragraph(String indent, String words, boolean dim) {
        String lineIndent = indent;
        for (String line : Text.wrapped(words, terminal.columns() - indent.length() - INDENT.length())) {
            line(lineIndent + (dim ? terminal.dim(line) : line));
            lineIndent = dim ? indent : indent + INDENT;
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
