package org.imatrixstats.app.html;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.Summary;
import org.imatrixstats.app.output.stats.Highlight;
import org.imatrixstats.app.output.stats.Highlights;

/** All that a report shows of one file: texts and tables here, charts where the scripts draw them. */
final class FileSection {
    private final FilePart file;
    private final int number;

    FileSection(FilePart file, int number) {
        this.file = file;
        this.number = number;
    }

    String html() throws IOException {
        Map<String, String> parts = new HashMap<>();
        parts.put("number", Integer.toString(number));
        parts.put("name", Html.escaped(file.report().name()));
        parts.put("summary", summary());
        parts.put("findings", Findings.html(file.check()));
        parts.put("stream", part("stream.html", file.report().hasStreams()));
        parts.put("experts", part("experts.html", !file.withExpertLoad().isEmpty()));
        parts.put("tables", tables());
        return Template.of("file.html").filled(parts);
    }

    private String part(String template, boolean shown) throws IOException {
        return shown ? Template.of(template).filled(Map.of("number", Integer.toString(number))) : "";
    }

    private String summary() {
        Html html = new Html().start("ul", "class", "facts");
        Summary.lines(file.report().summary(), file.report().report()).forEach(line -> html.element("li", line).line());
        html.end("ul").line();
        List<Highlight> highlights = Highlights.of(file.report(), file.distributions());
        if (!highlights.isEmpty()) {
            html.element("h4", "What stands out").start("ul").line();
            highlights.forEach(highlight -> html.element("li", highlight.sentence()).line());
            html.end("ul").line();
        }
        file.report().report().warnings()
                .forEach(warning -> html.element("p", "Warning: " + warning + ".", "class", "verdict warning"));
        file.report().report().notes().forEach(note -> html.element("p", "Note: " + note + ".", "class", "note"));
        return html.toString();
    }

    private String tables() {
        Html html = new Html();
        for (Sheet<?, ?> sheet : file.sheets()) {
            String plural = sheet.level().plural();
            String caption = plural.substring(0, 1).toUpperCase(Locale.ROOT) + plural.substring(1);
            html.start("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
            FigureTable.write(html, sheet, caption);
            html.end("div").line();
        }
        return html.toString();
    }
}
