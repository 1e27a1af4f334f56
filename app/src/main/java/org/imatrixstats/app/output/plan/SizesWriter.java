package org.imatrixstats.app.output.plan;

import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.RowWriter;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.io.Sources;
import org.imatrixstats.model.KvCache;
import org.imatrixstats.plan.Model;

import tools.jackson.core.JsonGenerator;

/** Makes text of a table of sizes. */
public final class SizesWriter {
    private static final SizesLevel LEVEL = new SizesLevel();
    private static final int TOKENS = 1000;

    private final SizesReport report;

    private SizesWriter(SizesReport report) {
        this.report = report;
    }

    public static String text(OutputFormat format, SizesReport report, Terminal terminal) throws IOException {
        SizesWriter writer = new SizesWriter(report);
        return switch (format) {
            case TABLE -> writer.table(terminal);
            case CSV -> writer.csv();
            case JSON -> writer.json();
            case MARKDOWN -> writer.markdown();
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }

    private String csv() throws IOException {
        RowWriter csv = DelimitedWriter.csv();
        csv.add(List.of(), List.of(), LEVEL.sheet(report));
        return csv.text();
    }

    private String table(Terminal terminal) throws IOException {
        Page page = new Page(terminal);
        page.paragraph(title(), terminal::bold);
        lines().forEach(page::indented);
        page.line("");
        report.warnings().forEach(warning -> page.wrapped("warning: " + warning, "", Page.INDENT, terminal::high));
        if (!report.warnings().isEmpty()) {
            page.line("");
        }
        Sheet<SizesReport, SizesLevel.Row> made = LEVEL.sheet(report).filtered(row -> row.size().plan().isPresent());
        page.add(made.tables(terminal));
        if (made.rows().size() < report.sizes().size()) {
            page.line("");
            page.line(report.dialect() + " would refuse");
            refused().forEach(page::indented);
        }
        return page.text();
    }

    private List<String> refused() {
        return report.sizes().stream().filter(size -> size.plan().isEmpty())
                .map(size -> size.base() + ": " + size.refusal()).toList();
    }

    private String markdown() throws IOException {
        Markdown markdown = new Markdown();
        markdown.heading(title());
        lines().forEach(markdown::paragraph);
        report.warnings().forEach(markdown::warning);
        markdown.add(LEVEL.sheet(report).filtered(row -> row.size().plan().isPresent()).shown());
        refused().forEach(markdown::paragraph);
        return markdown.text();
    }

    private String title() {
        return Numbers.count(report.sizes().size(), "base type") + " of " + report.dialect();
    }

    private List<String> lines() {
        Model model = report.model();
        List<String> lines = new ArrayList<>();
        lines.add("model " + model.name());
        lines.add(model.architecture() + ", " + Numbers.count(model.layersOfAllStacks(), "layer") + ", "
                + Numbers.grouped(model.elements()) + " weights");
        report.kv().ifPresentOrElse(kv -> lines.add(cache(kv)),
                () -> lines.add("KV cache: not known from the header of this model"));
        report.fit().ifPresent(bytes -> lines.add(fit(bytes)));
        return lines;
    }

    /** What keys and values take, and what of it is counted. */
    private static String cache(KvCache kv) {
        List<String> parts = new ArrayList<>();
        if (kv.layers() > 0) {
            parts.add(Numbers.bytes(TOKENS * kv.bytesPerToken()) + " per 1,000 tokens (f16, "
                    + Numbers.count(kv.layers(), "layer") + (kv.latent() ? ", one latent vector each (MLA)" : "")
                    + ")");
        }
        if (kv.windowedLayers() > 0) {
            parts.add(Numbers.count(kv.windowedLayers(), "layer") + " with a sliding window of "
                    + Numbers.grouped(kv.window()) + " tokens "
                    + (kv.windowedLayers() == 1 ? "takes " : "take ")
                    + Numbers.bytes(kv.windowTokens() * kv.windowedPerToken()) + " at most");
        }
        if (kv.without() > 0) {
            parts.add(Numbers.count(kv.without(), "layer") + " without keys and values of "
                    + (kv.without() == 1 ? "its" : "their") + " own (recurrent or shared)");
        }
        return "KV cache: " + String.join("; ", parts);
    }

    private String fit(long bytes) {
        List<SizesReport.Size> fitting = report.sizes().stream().filter(report::fits).toList();
        String most = fitting.isEmpty() ? "" : "; the largest is " + fitting.getLast().base();
        return fitting.size() + " of " + report.sizes().size() + " fit into " + Numbers.bytes(bytes)
                + (report.context() > 0 ? " with " + Numbers.grouped(report.context()) + " tokens of context" : "")
                + most + ". Compute buffers are not counted: leave some room";
    }

    private String json() throws IOException {
        StringWriter text = new StringWriter();
        JsonGenerator json = Json.generator(text, true);
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/plan-sizes/1");
        json.writeStringProperty("dialect", report.dialect().name());
        json.writeStringProperty("model", report.model().name());
        json.writeStringProperty("imatrix", report.imatrix() == null ? null : Sources.name(report.imatrix()));
        json.writeNumberProperty("elements", report.model().elements());
        if (report.fit().isPresent()) {
            json.writeNumberProperty("fit_bytes", report.fit().getAsLong());
        } else {
            json.writeNullProperty("fit_bytes");
        }
        json.writeNumberProperty("context", report.context());
        if (report.kv().isPresent()) {
            KvCache kv = report.kv().get();
            json.writeObjectPropertyStart("kv_cache");
            json.writeNumberProperty("bytes_per_token", kv.bytesPerToken());
            json.writeNumberProperty("layers", kv.layers());
            json.writeNumberProperty("windowed_bytes_per_token", kv.windowedPerToken());
            json.writeNumberProperty("windowed_layers", kv.windowedLayers());
            json.writeNumberProperty("window", kv.window());
            json.writeNumberProperty("window_tokens", kv.windowTokens());
            json.writeNumberProperty("layers_without", kv.without());
            json.writeBooleanProperty("latent", kv.latent());
            json.writeEndObject();
        } else {
            json.writeNullProperty("kv_cache");
        }
        Json.write(json, "sizes", LEVEL.sheet(report));
        json.writeArrayPropertyStart("warnings");
        report.warnings().forEach(json::writeString);
        return Json.ended(json, text);
    }
}
