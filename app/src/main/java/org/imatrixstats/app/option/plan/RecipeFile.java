package org.imatrixstats.app.option.plan;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.terminal.InputFiles;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.TextFile;
import org.imatrixstats.json.Json;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;

import tools.jackson.core.JsonToken;

/**
 * What a recipe written as JSON tells llama-quantize.
 *
 * @param program the program that it was made for
 * @param base    the base type
 * @param rules   in the order in which they are tried
 */
public record RecipeFile(Dialect program, String base, List<String> rules) {
    private static final String SCHEMA = "imatrix-stats/recipe/1";

    /** @throws FormatException if it is not such a file, or cannot be read */
    public static RecipeFile read(Path path, InputFiles files) throws IOException {
        try (ByteSource file = files.open(path)) {
            return read(file);
        }
    }

    static RecipeFile read(ByteSource file) throws IOException {
        String content = TextFile.read(file, "a recipe in JSON");
        if (!content.stripLeading().startsWith("{")) {
            throw new FormatException(file.name(),
                    "is not JSON, expected a recipe that 'imatrix-stats recipe --emit json' wrote");
        }
        byte[] text = content.getBytes(StandardCharsets.UTF_8);
        try (Json json = new Json(file.name(), "recipe", new ByteArrayInputStream(text))) {
            String schema = null;
            String program = null;
            String base = null;
            List<String> rules = new ArrayList<>();
            json.expect(JsonToken.START_OBJECT, "a recipe in JSON, written by 'recipe --emit json'");
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "schema" -> schema = json.text(name);
                    case "dialect" -> program = json.text(name);
                    case "base" -> base = json.text(name);
                    case "rules" -> rules(json, rules);
                    default -> {
                        json.next();
                        json.skipChildren();
                    }
                }
            }
            if (!SCHEMA.equals(schema) || base == null) {
                throw new FormatException(file.name(), "is not a recipe: its schema is "
                        + (schema == null ? "missing" : "'" + schema + "'") + ", expected '" + SCHEMA + "'");
            }
            String named = program;
            Dialect dialect = Dialects.all().stream().filter(each -> each.name().equals(named)).findFirst()
                    .orElseThrow(() -> new FormatException(file.name(), "names the unknown program '" + named + "'"));
            return new RecipeFile(dialect, base, List.copyOf(rules));
        }
    }

    private static void rules(Json json, List<String> rules) throws IOException {
        json.expect(JsonToken.START_ARRAY, "a list of rules");
        while (json.next() != JsonToken.END_ARRAY) {
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                if (name.equals("rule")) {
                    rules.add(json.text(name));
                } else {
                    json.next();
                    json.skipChildren();
                }
            }
        }
    }
}
