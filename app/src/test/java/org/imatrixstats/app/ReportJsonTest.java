package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.stats.StatsLevels;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** The JSON against docs/schema and against the reference implementation. */
class ReportJsonTest {
    private static final List<String> SIMILARITY = List.of("cosine_similarity", "l2_distance", "pearson", "covariance",
            "gain");

    private static void assertValid(String json) throws IOException {
        Schemas.assertValid(Json.parse(json));
    }

    /** The SHA-256 is that of 0.1.0. */
    @Test
    void digestIsSha256IfAskedFor() throws IOException {
        String file = ReferenceFiles.testdata("moe-prose.gguf").toString();
        for (String command : List.of("stats", "compare")) {
            String json = CliRun.outputOf(command, file, file.replace("moe-prose", "moe-code"), "--format", "json",
                    "--digest", "sha256");
            Schemas.assertValid(Json.parse(json));
            assertTrue(Pattern
                    .compile("\"digest\" : \"799d5f55dad8b263[0-9a-f]{48}\",\\s+\"digest_algorithm\" : \"sha256\"")
                    .matcher(json).find(), json);
        }
    }

    // ---- the schema

    @ParameterizedTest
    @ValueSource(strings = {"dense-prose.gguf", "moe-prose.gguf", "dense-act-prose.gguf", "moe-act-prose.gguf",
        "dense-prose.dat", "moe-prose.dat", "tied-process-output.gguf"})
    void isValidForEveryLevel(String name) throws IOException {
        String file = ReferenceFiles.testdata(name).toString();
        assertValid(CliRun.outputOf("stats", file, "--format", "json"));
        for (Level<?, ?> level : StatsLevels.ALL) {
            String json = CliRun.outputOf("stats", file, "--format", "json", "--level", level.label());
            assertValid(json);
            JsonNode report = Json.parse(json).get("reports").get(0);
            assertEquals(List.of("file", level.label() + "s", "notes", "warnings"),
                    List.copyOf(report.propertyNames()));
        }
    }

    @Test
    void isValidWithSeveralFilesAndFewColumns() throws IOException {
        assertValid(CliRun.outputOf("stats", ReferenceFiles.testdata("dense-prose.gguf"),
                ReferenceFiles.testdata("moe-prose.dat"), "--format", "json", "--columns", "sum"));
    }

    @Test
    void theSchemaRefusesWhatIsNoReport() throws IOException {
        String valid = CliRun.outputOf("stats", ReferenceFiles.testdata("dense-prose.gguf"), "--format", "json");
        for (String wrong : List.of(valid.replace("report/1", "report/2"), valid.replace("\"gguf\"", "\"zip\""),
                valid.replace("\"name\" : \"blk", "\"nome\" : \"blk"),
                valid.replaceAll("\"zd\" : [0-9.]+", "\"zd\" : \"much\""))) {
            assertFalse(Schemas.errors("report-1", Json.parse(wrong)).isEmpty());
        }
    }

    @Test
    void theSchemaDescribesEveryField() throws IOException {
        JsonNode definitions = Schemas.of("report-1").get("$defs");
        for (Level<?, ?> level : StatsLevels.ALL) {
            List<String> described = new ArrayList<>();
            definitions.get(level.label()).get("properties").properties()
                    .forEach(field -> described.addAll(described(field.getKey(), field.getValue())));
            assertEquals(level.columns().stream().map(Column::key).sorted().toList(),
                    described.stream().sorted().toList());
        }
        JsonNode file = Json.report("stats", ReferenceFiles.testdata("dense-prose.gguf"), "--format", "json")
                .get("file");
        assertEquals(List.copyOf(file.propertyNames()),
                List.copyOf(definitions.get("file").get("properties").propertyNames()));
    }

    private static List<String> described(String key, JsonNode field) {
        assertNotNull(field.get("description"), key);
        return field.has("properties")
                ? field.get("properties").propertyNames().stream().map(inner -> key + "." + inner).toList()
                : List.of(key);
    }

    // ---- the figures

    static List<Path> references() throws IOException {
        return ReferenceFiles.withExpected(".json");
    }

    @ParameterizedTest
    @MethodSource("references")
    void hasTheFiguresOfTheReferenceUnderTheirNames(Path file) throws IOException {
        JsonNode reference = Json.reference(file);
        JsonNode report = Json.report("stats", file, "--format", "json");

        assertFile(reference.get("meta"), report.get("file"), file);
        Map<String, JsonNode> tensors = Json.by("name", report.get("tensors"));
        assertEquals(reference.get("tensors").size(), tensors.size());
        reference.get("tensors").properties()
                .forEach(expected -> assertTensor(expected.getValue(), tensors.get(expected.getKey()),
                        file + " " + expected.getKey()));
        Map<String, JsonNode> layers = Json.by("layer", report.get("layers"));
        assertEquals(reference.get("layers").size(), layers.size());
        reference.get("layers").properties()
                .forEach(expected -> assertFigures(expected.getValue(), layers.get(expected.getKey()),
                        file + " layer " + expected.getKey(),
                        Stream.concat(Stream.of("tensors", "elements", "energy_sum", "weighted_mean_sum",
                                "weighted_mean_zd"), SIMILARITY.stream()).toList()));
    }

    private static void assertFile(JsonNode meta, JsonNode shown, Path file) throws IOException {
        assertEquals(file.toString(), shown.get("name").asString());
        assertEquals(Files.size(file), shown.get("bytes").asLong());
        assertEquals(meta.get("format").asString(), shown.get("format").asString());
        for (String key : List.of("datasets", "chunk_count", "chunk_size", "gguf_version")) {
            if (meta.has(key)) {
                assertEquals(meta.get(key), shown.get(key), file + " " + key);
            }
        }
        assertTrue(shown.get("digest").asString().matches("[0-9a-f]{32}"));
        assertEquals("murmur3", shown.get("digest_algorithm").asString());
    }

    private static void assertTensor(JsonNode expected, JsonNode shown, String what) {
        assertFigures(expected, shown, what, List.of("layer"));
        assertEquals(expected.get("experts_without_data"), shown.get("experts_without_data"), what);
        expected.get("energy").properties().forEach(
                figure -> assertFigure(figure.getValue(), shown.get(figure.getKey()), what + " " + figure.getKey()));
        assertEquals(expected.has("activation"), !shown.get("activation").isNull(), what);
        if (expected.has("activation")) {
            expected.get("activation").properties()
                    .forEach(figure -> assertFigure(figure.getValue(), shown.get("activation").get(figure.getKey()),
                            what + " " + figure.getKey()));
        }
        JsonNode comparison = expected.path("against_previous");
        for (String key : SIMILARITY) {
            assertFigure(comparison.get(key), shown.get(key), what + " " + key);
        }
        for (String key : List.of("previous", "basis")) {
            assertEquals(comparison.path(key).asString(null), shown.get(key).asString(null), what + " " + key);
        }
    }

    private static void assertFigures(JsonNode expected, JsonNode shown, String what, List<String> keys) {
        keys.forEach(key -> assertFigure(expected.get(key), shown.get(key), what + " " + key));
    }

    /** What the reference leaves out or has as null must be there as null. */
    private static void assertFigure(JsonNode expected, JsonNode shown, String what) {
        assertNotNull(shown, what);
        if (expected == null || expected.isNull()) {
            assertTrue(shown.isNull(), what + " is " + shown);
        } else {
            double figure = expected.asDouble();
            // Higher moments and correlations near 0 lose digits to cancellation in both programs.
            assertEquals(figure, shown.asDouble(), Math.max(1e-9, 1e-9 * Math.abs(figure)), what);
        }
    }
}
