package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.imatrixstats.imatrix.ReferenceFiles;

import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON read by databind, which is strict: a key that stands twice in an object is an error. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {
    }

    public static JsonNode parse(String text) {
        return MAPPER.readTree(text);
    }

    /** The only report of a run. */
    public static JsonNode report(Object... arguments) {
        JsonNode reports = parse(CliRun.outputOf(arguments)).get("reports");
        if (reports.size() != 1) {
            throw new AssertionError(reports.size() + " reports");
        }
        return reports.get(0);
    }

    /** What the reference implementation says about a file of testdata. */
    public static JsonNode reference(Path file) throws IOException {
        return parse(Files.readString(ReferenceFiles.expected(file, ".json")));
    }

    /** Rows by the field that names them. */
    public static Map<String, JsonNode> by(String name, JsonNode rows) {
        Map<String, JsonNode> named = new LinkedHashMap<>();
        rows.forEach(row -> named.put(row.get(name).asString(), row));
        return named;
    }

    /** An object with the fields of the objects within as {@code outer.inner}. */
    public static Map<String, JsonNode> flat(JsonNode object, Set<String> keys) {
        Map<String, JsonNode> fields = new HashMap<>();
        for (String key : keys) {
            String[] path = key.split("\\.");
            JsonNode value = object.get(path[0]);
            boolean within = path.length == 2 && value != null && !value.isNull();
            if (value != null) {
                fields.put(key, within ? value.get(path[1]) : value);
            }
        }
        return fields;
    }
}
