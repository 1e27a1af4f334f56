package org.imatrixstats.app.output;

import java.io.StringWriter;
import java.util.List;
import java.util.OptionalLong;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** {@code imatrix-stats/report/1}, described by {@code docs/schema/report-1.schema.json}. */
final class JsonWriter implements ReportWriter {
    static final String SCHEMA = "imatrix-stats/report/1";

    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = generator(text, true);

    JsonWriter() {
        json.writeStartObject();
        json.writeStringProperty("schema", SCHEMA);
        json.writeArrayPropertyStart("reports");
    }

    static JsonGenerator generator(StringWriter text, boolean pretty) {
        ObjectWriteContext context = pretty ? new ObjectWriteContext.Base() {
            @Override
            public DefaultPrettyPrinter getPrettyPrinter() {
                return new DefaultPrettyPrinter();
            }
        } : ObjectWriteContext.empty();
        return JsonFactory.builder().characterEscapes(new JsonEscapes()).build().createGenerator(context, text);
    }

    @Override
    public void add(FileReport report) {
        json.writeStartObject();
        json.writeName("file");
        write(FileSummary.of(report));
        for (Sheet<?> sheet : report.sheets()) {
            json.writeArrayPropertyStart(sheet.level().label() + "s");
            writeRows(sheet);
            json.writeEndArray();
        }
        writeTexts("notes", report.report().notes());
        writeTexts("warnings", report.report().warnings());
        json.writeEndObject();
    }

    private void write(FileSummary file) {
        json.writeStartObject();
        json.writeStringProperty("name", file.name());
        json.writeNumberProperty("bytes", file.bytes());
        json.writeStringProperty("format", file.origin().format().label());
        writeOptional("gguf_version", file.origin().ggufVersion());
        json.writeStringProperty("digest", file.digest());
        writeTexts("datasets", file.datasets());
        writeOptional("chunk_count", file.origin().chunkCount());
        writeOptional("chunk_size", file.origin().chunkSize());
        writeOptional("tokens", file.tokens());
        json.writeEndObject();
    }

    private void writeTexts(String key, List<String> texts) {
        json.writeArrayPropertyStart(key);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }

    private void writeOptional(String key, OptionalLong number) {
        if (number.isPresent()) {
            json.writeNumberProperty(key, number.getAsLong());
        } else {
            json.writeNullProperty(key);
        }
    }

    private <R> void writeRows(Sheet<R> sheet) {
        JsonRow<R> row = new JsonRow<>(sheet.columns());
        sheet.rows().forEach(value -> row.write(json, value));
    }

    @Override
    public String text() {
        return ended(json, text);
    }

    /** The whole text of an object whose last field is the array that is being written. */
    static String ended(JsonGenerator json, StringWriter text) {
        json.writeEndArray();
        json.writeEndObject();
        json.close();
        return text + "\n";
    }
}
