package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** What weights prints, against what an independent program says. The figures themselves: ModelReviewTest. */
class WeightsCommandTest {
    private static final String DENSE = "../testdata/weights/synth-dense.gguf";
    private static final String MOE = "../testdata/weights/synth-moe.gguf";
    private static final String HOSTILE = "../testdata/weights/synth-hostile.gguf";
    /** The keys of the published metrics.json. */
    private static final List<String> PUBLISHED = List.of("shape", "cluster_calc_time_sec", "count_nonzero", "zeros",
            "count", "zero_percent", "min", "max", "mean", "median", "std_dev", "freq_table", "plot_file",
            "plot_file_cluster", "best_n_clusters", "best_cluster_centers", "best_silhouette_score",
            "best_cluster_boundaries");
    private static final Set<String> PARTITION = Set.of("centers", "sizes", "boundaries");
    /** How sure the reference is of its partition. */
    private static final String MARGIN = "margin";

    @TempDir
    Path folder;

    private static JsonNode json(Object... arguments) {
        JsonNode json = Json.parse(CliRun.outputOf(
                Stream.concat(Stream.of("weights", "--format", "json"), Stream.of(arguments)).toArray()));
        Schemas.assertValid(json);
        return json;
    }

    private static JsonNode reference(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(
                Files.newInputStream(ReferenceFiles.testdata("weights/" + name + ".json.gz")))) {
            return Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"synth-dense", "synth-moe", "synth-hostile"})
    void jsonHoldsAllOfTheReference(String name) throws IOException {
        JsonNode model = json("../testdata/weights/" + name + ".gguf").get("models").get(0);
        assertHolds(reference(name), model, name);
    }

    /** Whether other partitions are as good, as those of symmetric values are. */
    private static boolean isTied(JsonNode clusters) {
        return clusters.path("by_k").values().stream()
                .anyMatch(row -> row.get(MARGIN).isNumber() && row.get(MARGIN).asDouble() < 1e-9);
    }

    /** Every field of one is in the other, with the same value. */
    private static void assertHolds(JsonNode expected, JsonNode actual, String where) {
        if (expected.isObject()) {
            for (String key : expected.propertyNames()) {
                if (!Set.of(MARGIN, "file").contains(key) && !(PARTITION.contains(key) && isTied(expected))) {
                    assertTrue(actual.has(key), where + " has no " + key);
                    assertHolds(expected.get(key), actual.get(key), where + "." + key);
                }
            }
        } else if (expected.isArray()) {
            assertEquals(expected.size(), actual.size(), where);
            for (int i = 0; i < expected.size(); i++) {
                assertHolds(expected.get(i), actual.get(i), where + "[" + i + "]");
            }
        } else if (expected.isNumber()) {
            double value = expected.asDouble();
            // Means of symmetric values are rounding errors.
            assertEquals(value, actual.asDouble(), 1e-8 * Math.abs(value) + 1e-9, where);
        } else if (where.endsWith(".kind")) {
            assertEquals(expected.asString().replaceFirst("\\.weight$", ""), actual.asString(), where);
        } else {
            assertEquals(expected, actual, where);
        }
    }

    @Test
    void figuresDoNotDependOnThreads() {
        String one = CliRun.outputOf("weights", MOE, "--format", "json", "--threads", 1);
        assertEquals(one, CliRun.outputOf("weights", MOE, "--format", "json", "--threads", 4));
    }

    @Test
    void csvHasARowPerTensorWithTheKeysOfTheJson() {
        List<String> lines = CliRun.outputOf("weights", DENSE, "--format", "csv").lines().toList();
        assertEquals(42, lines.size());
        assertTrue(lines.getFirst().startsWith("name,layer,kind,shape,dtype,bytes,count,zeros,"), lines.getFirst());
        assertTrue(lines.getFirst().endsWith(",quantiles.99.9,quantiles.99.99"), lines.getFirst());
        JsonNode tensor = json(DENSE).get("models").get(0).get("tensors").get(0);
        List<String> header = List.of(lines.getFirst().split(","));
        List<String> row = List.of(lines.get(1).split(","));
        for (String key : List.of("std_dev", "median", "kurtosis")) {
            assertEquals(tensor.get(key).asDouble(), Double.parseDouble(row.get(header.indexOf(key))), key);
        }
    }

    @Test
    void tableShowsKindsAndTensorsThatStandOutFirst() {
        List<String> lines = CliRun.outputOf("weights", HOSTILE).lines().toList();
        assertTrue(lines.getFirst().endsWith(": 22 tensors, 32,568 weights, 26.64 bits per weight, llama"),
                lines.getFirst());
        int kinds = lines.indexOf("Kinds, the one with the largest outlier first");
        assertTrue(lines.get(kinds + 2).startsWith("  one_outlier "), lines.get(kinds + 2));
        assertTrue(lines.stream().anyMatch(line -> line.contains(
                "warning: blk.0.nan_f32.weight has 15 NaN and 5 infinite values")), () -> String.join("\n", lines));
        assertTrue(
                lines.stream().anyMatch(line -> line.equals("Tensors with the largest outliers (--all shows all 22)")));
        assertTrue(CliRun.outputOf("weights", HOSTILE, "--all").contains("blk.1.empty_rows.weight"));
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 80, 100})
    void tablesFitTheTerminal(int columns) {
        String out = CliRun.on(new Terminal(columns, false, false), "weights", MOE).succeeded().out();
        out.lines().filter(line -> !line.contains("quantizer")).forEach(
                line -> assertTrue(line.length() <= Math.max(columns, 52), () -> columns + " columns: " + line));
    }

    @Test
    void markdownHasTheTables() {
        String out = CliRun.outputOf("weights", DENSE, "--format", "markdown");
        assertTrue(out.startsWith("## "), out);
        assertTrue(out.contains("\n| kind | tensors | weights | σ | max \\|w\\| |"), out);
    }

    @Test
    void compatWritesThe18KeysInOrder() throws IOException {
        JsonNode metrics = Json.parse(CliRun.outputOf("weights", DENSE, "--compat", "llm-model-review"));
        JsonNode expected = reference("synth-dense").get("tensors");
        assertEquals(expected.values().stream().map(tensor -> tensor.get("name").asString()).toList(),
                List.copyOf(metrics.propertyNames()));
        for (JsonNode tensor : expected) {
            JsonNode written = metrics.get(tensor.get("name").asString());
            assertEquals(PUBLISHED, List.copyOf(written.propertyNames()));
            for (String key : List.of("shape", "count_nonzero", "zeros", "count", "zero_percent", "min", "max",
                    "median")) {
                assertEquals(tensor.get(key), written.get(key), key);
            }
            JsonNode data = written.get("freq_table").get("table").get("data");
            assertEquals(tensor.get("histogram").get("counts"), data.get(0));
            assertEquals(17, data.get(1).size());
            JsonNode boundaries = written.get("best_cluster_boundaries");
            if (tensor.get("clusters").get("best_k").isNull()) {
                assertTrue(boundaries.isNull());
            } else {
                assertEquals(written.get("best_n_clusters").asInt() + 1, boundaries.size());
                assertEquals("-Infinity", boundaries.get(0).asString());
                assertEquals("Infinity", boundaries.get(boundaries.size() - 1).asString());
                assertEquals(1, written.get("best_cluster_centers").get(0).size());
            }
        }
    }

    @Test
    void binsAreAsManyAsAskedFor() {
        JsonNode histogram = json(DENSE, "--bins", 7).get("models").get(0).get("tensors").get(0).get("histogram");
        assertEquals(7, histogram.get("counts").size());
        assertEquals(8, histogram.get("edges").size());
    }

    @Test
    void withoutClustersThereAreNone() {
        JsonNode model = json(DENSE, "--no-clusters").get("models").get(0);
        assertTrue(model.get("final_sample").isNull());
        assertTrue(model.get("tensors").get(0).get("clusters").isNull());
        assertFalse(model.get("tensors").get(0).get("median").isNull());
    }

    @Test
    void importanceAddsWeightedFigures() {
        Path model = ReferenceFiles.testdata("models/tiny-english-f16.gguf");
        JsonNode tensors = json(model, "--no-clusters", "--imatrix", "../testdata/tiny-english-prose.imatrix.gguf")
                .get("models").get(0).get("tensors");
        JsonNode down = Json.by("name", tensors).get("blk.0.ffn_down.weight");
        // By numpy: w = in_sum2 / counts; sqrt((w * x**2).sum()), and the mean and spread under the same weights.
        assertEquals(14.547778688001683, down.get("weighted").get("l2_norm").asDouble(), 1e-10);
        assertEquals(2.6807577302718686e-4, down.get("weighted").get("mean").asDouble(), 1e-13);
        assertEquals(0.030079041205997106, down.get("weighted").get("std_dev").asDouble(), 1e-12);
        assertTrue(Json.by("name", tensors).get("blk.0.attn_norm.weight").get("weighted").isNull());
    }

    @Test
    void ofTwoModelsItShowsWhatChanged() throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of(DENSE));
        JsonNode same = json(DENSE, DENSE).get("changes");
        assertEquals(0, same.get("total").get("changed").asLong());
        assertTrue(json(DENSE, DENSE).get("models").isEmpty());
        // The last bytes are those of the last tensor.
        bytes[bytes.length - 64] ^= 0x40;
        Path other = Files.write(folder.resolve("other.gguf"), bytes);
        JsonNode changed = json(DENSE, other).get("changes");
        assertEquals(1, changed.get("total").get("changed").asLong());
        assertEquals(1, changed.get("tensors").values().stream()
                .filter(tensor -> tensor.get("changed").asLong() > 0 && !tensor.get("largest_at").isNull()).count());
        assertTrue(CliRun.outputOf("weights", DENSE, other).contains("\n  1 tensor of 41 changed, 1 of "));
        assertEquals(42, CliRun.outputOf("weights", DENSE, other, "--format", "csv").lines().count());
    }

    /** Tensors have the names of GGUF, whatever the container. */
    @ParameterizedTest
    @ValueSource(strings = {"hf-llama", "hf-mixtral", "meta-llama3"})
    void modelsOfOtherContainersAreReadToo(String name) {
        JsonNode model = json("../testdata/checkpoints/" + name).get("models").get(0);
        Map<String, JsonNode> tensors = Json.by("name", model.get("tensors"));
        assertTrue(tensors.containsKey("token_embd.weight"), tensors.keySet().toString());
        assertTrue(tensors.containsKey("blk.1.attn_q.weight"), tensors.keySet().toString());
        assertTrue(model.get("total").get("std_dev").asDouble() > 0);
    }

    @Test
    void quantizedTypesAreDecoded() {
        Path quantized = folder.resolve("q8.gguf");
        Path model = ReferenceFiles.testdata("models/tiny-english-f16.gguf");
        CliRun.outputOf("quantize", model, quantized, "Q8_0");
        JsonNode changes = json(model, quantized, "--imatrix", "../testdata/tiny-english-prose.imatrix.gguf")
                .get("changes");
        JsonNode down = Json.by("name", changes.get("tensors")).get("blk.0.ffn_down.weight");
        assertEquals("Q8_0", down.get("dtype_b").asString());
        // Errors of llama-quantize and what they are errors of, with and without the weights of this matrix.
        assertEquals(Math.sqrt(0.0041602003812 / 121.267867758), down.get("relative_change").asDouble(), 1e-9);
        assertEquals(Math.sqrt(0.00484934380094 / 211.637867276), down.get("weighted_relative_change").asDouble(),
                1e-9);
    }

    @Test
    void whatCannotBeReadIsToldInOneLine() throws IOException {
        assertEquals("imatrix-stats: ../testdata/dense-prose.gguf: is an importance matrix, expected a model\n",
                CliRun.of("weights", "../testdata/dense-prose.gguf").failed(1));
        Path cut = Files.write(folder.resolve("cut.gguf"),
                Arrays.copyOf(Files.readAllBytes(Path.of(DENSE)), 100_000));
        String message = CliRun.of("weights", cut).failed(1);
        assertEquals(1, message.lines().count());
        assertTrue(message.contains("but the file has 0x186a0 bytes"), message);
        assertTrue(CliRun.of("weights", DENSE, MOE).failed(1).contains("has the shape"));
    }

    /** Nothing is made as large as a header says before the file was seen to be so large. */
    @ParameterizedTest
    @CsvSource({"4096, 1099511627776", "1099511627776, 1", "1, 1099511627776"})
    void aHeaderThatPromisesMoreThanThereIsCostsNoMemory(long columns, long rows) throws IOException {
        Path file = new GgufBuilder().text("general.architecture", "llama")
                .tensor(GgufBuilder.Tensor.of("a", 0, new byte[32], List.of(columns, rows)))
                .write(folder.resolve("promise.gguf"));
        String message = CliRun.of("weights", file).failed(1);
        assertEquals(1, message.lines().count());
        assertTrue(message.contains("tensor 'a'") && message.contains("is it cut short"), message);
    }

    @Test
    void optionsThatContradictEachOtherAreRefused() {
        assertTrue(CliRun.of("weights", DENSE, DENSE, DENSE).failed(2).contains("one model, or two"));
        assertTrue(CliRun.of("weights", DENSE, "--compat", "other").failed(2).contains("expected llm-model-review"));
        assertTrue(CliRun.of("weights", DENSE, DENSE, "--compat", "llm-model-review").failed(2).contains("one model"));
        assertTrue(CliRun.of("weights", DENSE, "--bins", 70_000).failed(2).contains("at most 65536"));
    }

    @Test
    void anImatrixOfAnotherModelIsWarnedOf() {
        CliRun run = CliRun.of("weights", DENSE, "--imatrix", "../testdata/tiny-english-prose.imatrix.gguf")
                .succeeded();
        assertTrue(run.err().contains("is it of another model?"), run.err());
    }
}
