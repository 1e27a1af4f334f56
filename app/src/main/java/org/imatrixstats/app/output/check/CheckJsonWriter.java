package org.imatrixstats.app.output.check;

import java.io.StringWriter;
import java.util.List;

import org.imatrixstats.app.output.FileError;
import org.imatrixstats.app.output.Json;
import org.imatrixstats.check.Finding;
import org.imatrixstats.check.Severity;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/check/1}, described by {@code docs/schema/check-1.schema.json}. */
final class CheckJsonWriter implements CheckWriter {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);
    private List<FileError> errors = List.of();

    CheckJsonWriter() {
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/check/1");
        json.writeArrayPropertyStart("files");
    }

    @Override
    public void add(CheckReport report) {
        json.writeStartObject();
        json.writeStringProperty("file", report.file());
        for (Severity severity : Severity.values()) {
            json.writeNumberProperty(severity.label() + "s", report.count(severity));
        }
        json.writeArrayPropertyStart("findings");
        report.findings().forEach(this::write);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(Finding finding) {
        json.writeStartObject();
        json.writeStringProperty("code", finding.code().code());
        json.writeStringProperty("severity", finding.severity().label());
        json.writeStringProperty("tensor", finding.tensor());
        json.writeName("expert");
        finding.expert().ifPresentOrElse(json::writeNumber, json::writeNull);
        json.writeName("column");
        finding.column().ifPresentOrElse(json::writeNumber, json::writeNull);
        json.writeStringProperty("message", finding.details() + ". " + finding.code().explanation());
        json.writeStringProperty("advice", Advice.on(finding.code()));
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
