package org.imatrixstats.app.output.stats;

import java.io.StringWriter;
import java.util.List;

import org.imatrixstats.app.output.FileError;
import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.Level.Sheet;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/report/1}, described by {@code docs/schema/report-1.schema.json}. */
final class StatsJsonWriter implements StatsWriter {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);
    private List<FileError> errors = List.of();

    StatsJsonWriter() {
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/report/1");
        json.writeArrayPropertyStart("reports");
    }

    @Override
    public void add(FileReport report, List<Sheet<FileReport, ?>> sheets) {
        json.writeStartObject();
        json.writeName("file");
        Json.write(json, report.summary());
        for (Sheet<FileReport, ?> sheet : sheets) {
            Json.write(json, sheet.level().plural(), sheet);
        }
        Json.writeTexts(json, "notes", report.report().notes());
        Json.writeTexts(json, "warnings", report.report().warnings());
        json.writeEndObject();
    }

    @Override
    public void failed(List<FileError> files) {
        errors = files;
    }

    @Override
    public String text() {
        return Json.ended(json, text, errors);
    }
}
