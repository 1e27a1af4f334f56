package org.imatrixstats.app.output.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.check.Finding;
import org.imatrixstats.check.FindingCode;
import org.imatrixstats.check.Severity;

/** Findings for people: a line that says it all, then by severity and code what it means and if it is. */
final class CheckTableWriter implements CheckWriter {
    private static final int PLACES_SHOWN = 5;
    private static final int NAMED = 2;
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
        List<List<Finding>> places = all
                ? findings.stream().map(List::of).toList()
                : List.copyOf(
                        findings.stream().collect(Collectors.groupingBy(CheckTableWriter::saying, LinkedHashMap::new,
                                Collectors.toList())).values());
        int shown = all ? places.size() : Math.min(places.size(), PLACES_SHOWN);
        places.subList(0, shown).forEach(
                alike -> page.wrapped(place(alike), INDENT.repeat(3), INDENT.repeat(4), UnaryOperator.identity()));
        int more = places.subList(shown, places.size()).stream().mapToInt(List::size).sum();
        if (more > 0) {
            page.line(INDENT.repeat(3) + "… " + more + " more, --all shows them");
        }
    }

    /** What findings have in common that share a line. */
    private static List<Object> saying(Finding finding) {
        return List.of(finding.tensor() == null, finding.details());
    }

    private void paragraph(String words) {
        page.wrapped(words, INDENT.repeat(2), INDENT.repeat(2), terminal::dim);
    }

    /** Where some findings with the same details are: of more than two the first, and how many more there are. */
    private static String place(List<Finding> alike) {
        Finding first = alike.getFirst();
        if (first.tensor() == null) {
            return first.details() + (alike.size() > 1 ? " (" + alike.size() + " times)" : "");
        }
        String where = alike.size() <= NAMED
                ? alike.stream().map(CheckTableWriter::where).collect(Collectors.joining(", "))
                : where(first) + " and " + (alike.size() - 1) + " more";
        return where + ": " + first.details();
    }

    private static String where(Finding finding) {
        StringBuilder where = new StringBuilder(finding.tensor());
        finding.expert().ifPresent(expert -> where.append(", expert ").append(expert));
        finding.column().ifPresent(column -> where.append(", column ").append(column));
        return where.toString();
    }

    @Override
    public String text() {
        return page.text();
    }
}
