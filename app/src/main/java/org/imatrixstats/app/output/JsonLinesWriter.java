package org.imatrixstats.app.output;

import java.io.StringWriter;
import java.util.List;

import tools.jackson.core.JsonGenerator;

/** A JSON object per row and line, with the file it is from and the level it is of. */
public final class JsonLinesWriter implements RowWriter {
    private final StringBuilder text = new StringBuilder();

    @Override
    public <R> void add(List<String> keys, List<String> values, String level, List<Column<R>> columns,
            List<R> rows) {
        JsonRow<R> fields = new JsonRow<>(columns);
        for (R row : rows) {
            StringWriter line = new StringWriter();
            try (JsonGenerator json = Json.generator(line, false)) {
                json.writeStartObject();
                for (int i = 0; i < keys.size(); i++) {
                    json.writeStringProperty(keys.get(i), values.get(i));
                }
                json.writeStringProperty("level", level);
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
