package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schemas of docs/schema. They leave room for fields of later versions; what is written today they describe. */
public final class Schemas {
    private Schemas() {
    }

    /** @param name such as {@code plan-1} */
    static JsonNode of(String name) {
        try {
            return Json.parse(Files.readString(Path.of("..", "docs", "schema", name + ".schema.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document is as the schema that it names says, and has no field that is not described there. */
    public static void assertValid(JsonNode document) {
        String[] schema = document.get("schema").asString().split("/");
        assertEquals("imatrix-stats", schema[0]);
        assertEquals(List.of(), errors(schema[1] + "-" + schema[2], document));
    }

    static List<Error> errors(String name, JsonNode document) {
        JsonNode schema = of(name);
        closed(schema);
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema)
                .validate(document);
    }

    private static void closed(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties") && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(Schemas::closed);
    }
}
