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
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.stats.Layout;
import org.imatrixstats.app.output.stats.StatsWriter;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.compare.ColumnDensity;

/**
 * A report on one or several files as one HTML page that needs nothing else: no network, no other file.
 *
 * @param title     over the page
 * @param files     importance matrices; none where the page shows errors alone
 * @param documents what other commands say of the files, in this order
 * @param densities where columns lie in two files, for each pair of the comparison; empty for what would be too much
 * @param notes     what the page cannot show, and why; and what is odd about the files together
 * @param by        the name and version of the program
 */
public record HtmlReport(String title, List<FilePart> files, List<Document> documents,
        List<List<ColumnDensity>> densities, List<String> notes, String by) {
    /** What the first line of every report holds, and of no other page. */
    public static final String MARK = "<!-- report of imatrix-stats -->";

    public HtmlReport {
        files = List.copyOf(files);
        documents = List.copyOf(documents);
        densities = List.copyOf(densities);
        notes = List.copyOf(notes);
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
        parts.put("notes", notesOverAll());
        parts.put("comparisons", sections(Document.Kind::isOfFiles));
        parts.put("plans", sections(kind -> !kind.isOfFiles()));
        parts.put("files", fileSections());
        parts.put("definitions", definitions());
        Island.Text data = data();
        parts.put("data-type", data.type());
        parts.put("data", data.text());
        parts.put("scripts", scripts.stream().map(script -> "<script>" + script.text() + "</script>")
                .collect(Collectors.joining("\n")));
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        Template.of("page.html").write(writer, parts);
        writer.flush();
    }

    private String notesOverAll() {
        Html html = new Html();
        notes.forEach(note -> html.element("p", "Warning: " + note + ".", "class", "verdict warning").line());
        return html.toString();
    }

    private String fileSections() throws IOException {
        StringBuilder sections = new StringBuilder();
        for (int i = 0; i < files.size(); i++) {
            sections.append(new FileSection(files.get(i), i).html());
        }
        return sections.toString();
    }

    private String sections(Predicate<Document.Kind> kind) throws IOException {
        StringBuilder sections = new StringBuilder();
        for (Document document : documents) {
            if (kind.test(document.kind())) {
                sections.append(document.html());
            }
        }
        return sections.toString();
    }

    private static String definitions() {
        Html html = new Html();
        FigureTable.writeDefinitions(html);
        return html.toString();
    }

    private Island.Text data() throws IOException {
        Island island = new Island();
        StatsWriter reports = StatsWriter.of(OutputFormat.JSON, Layout.DEFAULT, Terminal.PIPE, false);
        for (FilePart file : files) {
            reports.add(file.report(), file.sheets());
        }
        island.document("report", reports.text());
        island.check(files);
        documents.forEach(document -> island.document(document.kind().label(), document.json()));
        island.figures();
        island.columns(files);
        island.densities(densities);
        return island.text();
    }
}
