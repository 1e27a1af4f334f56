package org.imatrixstats.app.output;

import java.io.StringWriter;
import java.util.List;
import java.util.OptionalLong;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;
import org.imatrixstats.app.output.Level.Sheet;

/** What the JSON of all commands has in common. */
public final class Json {
    private Json() {
    }

    public static JsonGenerator generator(StringWriter text, boolean pretty) {
        ObjectWriteContext context = pretty ? new ObjectWriteContext.Base() {
            @Override
            public DefaultPrettyPrinter getPrettyPrinter() {
                return new DefaultPrettyPrinter();
            }
        } : ObjectWriteContext.empty();
        return JsonFactory.builder().characterEscapes(new JsonEscapes()).build().createGenerator(context, text);
    }

    public static void write(JsonGenerator json, FileSummary file) {
        json.writeStartObject();
        json.writeStringProperty("name", file.name());
        json.writeNumberProperty("bytes", file.bytes());
        json.writeStringProperty("format", file.origin().format().label());
        writeOptional(json, "gguf_version", file.origin().ggufVersion());
        json.writeStringProperty("digest", file.digest().hex());
        json.writeStringProperty("digest_algorithm", file.digest().algorithm().toString());
        writeTexts(json, "datasets", file.datasets());
        writeOptional(json, "chunk_count", file.origin().chunkCount());
        writeOptional(json, "chunk_size", file.origin().chunkSize());
        writeOptional(json, "tokens", file.tokens());
        json.writeEndObject();
    }

    public static void writeTexts(JsonGenerator json, String key, List<String> texts) {
        json.writeArrayPropertyStart(key);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }

    private static void writeOptional(JsonGenerator json, String key, OptionalLong number) {
        if (number.isPresent()) {
            json.writeNumberProperty(key, number.getAsLong());
        } else {
            json.writeNullProperty(key);
        }
    }

    /** The rows of a sheet as an array. */
    public static <R> void write(JsonGenerator json, String name, Sheet<?, R> sheet) {
        json.writeArrayPropertyStart(name);
        JsonRow<R> row = new JsonRow<>(sheet.columns());
        sheet.rows().forEach(value -> row.write(json, value));
        json.writeEndArray();
    }

    /** The whole text of an object whose last field is the array that is being written. */
    public static String ended(JsonGenerator json, StringWriter text) {
        return ended(json, text, List.of());
    }

    /** The same with the files that could not be read; without errors nothing is said of them. */
    public static String ended(JsonGenerator json, StringWriter text, List<FileError> errors) {
        json.writeEndArray();
        if (!errors.isEmpty()) {
            json.writeArrayPropertyStart("errors");
            for (FileError error : errors) {
                json.writeStartObject();
                json.writeStringProperty("file", error.file());
                json.writeStringProperty("message", error.message());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
        json.close();
        return text + "\n";
    }
}
