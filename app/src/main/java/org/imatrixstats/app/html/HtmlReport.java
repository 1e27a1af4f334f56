package org.imatrixstats.app.html;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.ReportWriter;
import org.imatrixstats.app.terminal.Terminal;

/**
 * A report on one or several files as one HTML page that needs nothing else: no network, no other file.
 *
 * @param title over the page
 * @param files at least one
 * @param by    the name and version of the program
 */
public record HtmlReport(String title, List<FilePart> files, String by) {
    /** What the first line of every report holds, and of no other page. */
    public static final String MARK = "<!-- report of imatrix-stats -->";

    public HtmlReport {
        files = List.copyOf(files);
    }

    /** Writes the page. */
    public void writeTo(OutputStream out) throws IOException {
        List<Script> scripts = new ArrayList<>();
        for (String library : Script.LIBRARIES) {
            scripts.add(Script.library(library));
        }
        scripts.add(Script.own());
        Map<String, String> parts = new HashMap<>();
        parts.put("mark", MARK);
        parts.put("title", Html.escaped(title));
        parts.put("by", Html.escaped(by));
        parts.put("script-sources", scripts.stream().map(Script::source).collect(Collectors.joining(" ")));
        parts.put("style", Template.resource("page.css"));
        parts.put("licences", Template.resource("lib/LICENSE.txt").strip());
        parts.put("files", fileSections());
        parts.put("definitions", definitions());
        parts.put("data", data());
        parts.put("scripts", scripts.stream().map(script -> "<script>" + script.text() + "</script>")
                .collect(Collectors.joining("\n")));
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        Template.of("page.html").write(writer, parts);
        writer.flush();
    }

    private String fileSections() throws IOException {
        StringBuilder sections = new StringBuilder();
        for (int i = 0; i < files.size(); i++) {
            sections.append(new FileSection(files.get(i), i).html());
        }
        return sections.toString();
    }

    private static String definitions() {
        Html html = new Html();
        FigureTable.writeDefinitions(html);
        return html.toString();
    }

    private String data() throws IOException {
        Island island = new Island();
        ReportWriter reports = OutputFormat.JSON.writer(Terminal.PIPE);
        for (FilePart file : files) {
            reports.add(file.report());
        }
        island.document("report", reports.text());
        island.check(files);
        island.figures();
        island.columns(files);
        return island.text();
    }
}
