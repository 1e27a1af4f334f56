package org.imatrixstats.app.html;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.app.output.check.CheckReport;
import org.imatrixstats.check.Finding;
import org.imatrixstats.app.output.check.Advice;
import org.imatrixstats.check.FindingCode;

/** What is wrong with a file, in words: worst first, by code, with the places folded where they are many. */
final class Findings {
    private static final int PLACES_SHOWN = 3;
    /** More places of one sort make a page too large; the data of the page have all of them. */
    private static final int MOST_PLACES = 1000;

    private Findings() {
    }

    static String html(CheckReport check) {
        Html html = new Html();
        html.element("p", check.summary() + ".", "class",
                "verdict " + (check.failed() ? "error" : check.findings().isEmpty() ? "sound" : worst(check))).line();
        Map<FindingCode, List<Finding>> byCode = new EnumMap<>(FindingCode.class);
        check.findings().forEach(finding -> byCode.computeIfAbsent(finding.code(), _ -> new ArrayList<>())
                .add(finding));
        byCode.values().stream().sorted((a, b) -> a.getFirst().severity().compareTo(b.getFirst().severity()))
                .forEach(findings -> write(html, findings));
        return html.toString();
    }

    private static String worst(CheckReport check) {
        return check.findings().getFirst().severity().label();
    }

    private static void write(Html html, List<Finding> findings) {
        FindingCode code = findings.getFirst().code();
        html.start("div", "class", "finding " + code.severity().label());
        html.start("h4").element("span", code.severity().label(), "class", "severity").text(" ")
                .element("code", code.code()).end("h4");
        html.start("p").text(code.explanation()).text(" ").element("em", Advice.on(code)).end("p").line();
        int shown = findings.size() <= PLACES_SHOWN + 1 ? findings.size() : PLACES_SHOWN;
        places(html, findings.subList(0, shown));
        if (shown < findings.size()) {
            html.start("details").element("summary", findings.size() - shown + " more places");
            places(html, findings.subList(shown, Math.min(findings.size(), MOST_PLACES)));
            if (findings.size() > MOST_PLACES) {
                html.element("p", (findings.size() - MOST_PLACES) + " further places are left out here.");
            }
            html.end("details");
        }
        html.end("div").line();
    }

    private static void places(Html html, List<Finding> findings) {
        html.start("ul", "class", "places");
        for (Finding finding : findings) {
            html.start("li");
            if (finding.tensor() != null) {
                html.element("code", finding.tensor());
                finding.expert().ifPresent(expert -> html.text(", expert " + expert));
                finding.column().ifPresent(column -> html.text(", column " + column));
                html.text(": ");
            }
            html.text(finding.details()).end("li").line();
        }
        html.end("ul");
    }
}
