package org.imatrixstats.app.output;

import java.io.StringWriter;

import tools.jackson.core.JsonGenerator;

/** A JSON object per row and line, with the file it is from and the level it is of. */
final class JsonLinesWriter implements ReportWriter {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void add(FileReport report) {
        report.sheets().forEach(sheet -> add(report, sheet));
    }

    private <R> void add(FileReport report, Sheet<R> sheet) {
        JsonRow<R> fields = new JsonRow<>(sheet.columns());
        for (R row : sheet.rows()) {
            StringWriter line = new StringWriter();
            try (JsonGenerator json = JsonWriter.generator(line, false)) {
                json.writeStartObject();
                json.writeStringProperty("file", report.name());
                json.writeStringProperty("level", sheet.level().label());
                fields.writeFields(json, row);
                json.writeEndObject();
            }
            text.append(line).append('\n');
        }
    }

    @Override
    public String text() {
        return text.toString();
    }
}
