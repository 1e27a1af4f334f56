package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** Experts: 4 layers with 3 tensors of 16 experts each, of which 13, 14 and 15 are never reached. */
class ExpertsTest {
    private static final Path LEGACY = ReferenceFiles.testdata("moe-prose.dat");

    private static Map<String, List<JsonNode>> experts(Path file, Object... options) {
        List<Object> arguments = new ArrayList<>(List.of("stats", file, "--level", "expert", "--format", "json"));
        arguments.addAll(List.of(options));
        Map<String, List<JsonNode>> experts = new LinkedHashMap<>();
        Json.report(arguments.toArray()).get("experts")
                .forEach(row -> experts.computeIfAbsent(row.get("name").asString(), _ -> new ArrayList<>()).add(row));
        return experts;
    }

    private static Map<String, JsonNode> tensors(Path file) {
        return Json.by("name", Json.report("stats", file, "--format", "json").get("tensors"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"moe-prose.gguf", "moe-code.gguf", "moe-merged.gguf", "moe-act-prose.gguf",
        "moe-prose.dat", "moe-prose-converted.dat"})
    void addUpToTheirTensor(String name) {
        Path file = ReferenceFiles.testdata(name);
        Map<String, JsonNode> tensors = tensors(file);
        Map<String, List<JsonNode>> experts = experts(file);
        assertEquals(12, experts.size());
        experts.forEach((tensor, rows) -> {
            assertEquals(16, rows.size());
            double sum = tensors.get(tensor).get("sum").asDouble();
            assertEquals(sum, rows.stream().mapToDouble(row -> row.get("sum").asDouble(0)).sum(), 1e-9 * sum, tensor);
            assertEquals(tensors.get(tensor).get("elements").asLong(),
                    rows.stream().mapToLong(row -> row.get("elements").asLong()).sum(), tensor);
            for (int expert = 0; expert < 16; expert++) {
                assertEquals(expert, rows.get(expert).get("expert").asInt());
            }
        });
    }

    @Test
    void tokensAndLoadFollowFromTheCountsOfTheFile() throws IOException {
        Path file = ReferenceFiles.testdata("moe-merged.gguf");
        Map<String, JsonNode> tensors = tensors(file);
        JsonNode reference = Json.reference(file).get("tensors");
        experts(file).forEach((tensor, rows) -> {
            long[] counts = reference.get(tensor).get("counts").valueStream().mapToLong(JsonNode::asLong).toArray();
            double total = 0;
            for (long count : counts) {
                total += count;
            }
            double entropy = 0;
            double differences = 0;
            int rare = 0;
            for (int i = 0; i < 16; i++) {
                assertEquals(counts[i], rows.get(i).get("tokens").asLong(), tensor);
                assertEquals(counts[i] / (total / 16), rows.get(i).get("utilization").asDouble(), 1e-12, tensor);
                entropy -= counts[i] == 0 ? 0 : counts[i] / total * Math.log(counts[i] / total) / Math.log(2);
                rare += counts[i] > 0 && counts[i] < total / 16 / 100 ? 1 : 0;
                for (long other : counts) {
                    differences += Math.abs(counts[i] - other);
                }
            }
            JsonNode shown = tensors.get(tensor);
            assertEquals(entropy / 4, shown.get("load_entropy").asDouble(), 1e-12, tensor);
            // The mean absolute difference of all pairs over twice the mean.
            assertEquals(differences / (2 * 16 * total), shown.get("load_gini").asDouble(), 1e-12, tensor);
            assertEquals(rare, shown.get("experts_rare").asInt(), tensor);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"moe-prose.gguf", "moe-prose.dat"})
    void thoseNeverReachedAreNamed(String name) {
        Path file = ReferenceFiles.testdata(name);
        List<String> titles = CliRun.outputOf("stats", file, "--level", "expert").lines()
                .filter(line -> line.startsWith("blk.")).toList();
        assertEquals(12, titles.size());
        titles.forEach(title -> assertTrue(title.contains(": 16 experts, 3 never reached (13-15)"), title));
        experts(file).values().forEach(rows -> rows.forEach(row -> assertEquals(row.get("expert").asInt() >= 13,
                row.get("tokens").isNumber() && row.get("tokens").asInt() == 0)));
    }

    @Test
    void aLegacyFileHasTheSameFiguresPerExpert() {
        Map<String, List<JsonNode>> gguf = experts(ReferenceFiles.testdata("moe-prose.gguf"));
        experts(LEGACY).forEach((tensor, rows) -> {
            for (int expert = 0; expert < 13; expert++) {
                for (String figure : List.of("sum", "mean", "max", "active", "entropy_normalized")) {
                    double expected = gguf.get(tensor).get(expert).get(figure).asDouble();
                    // The legacy file holds means over rows times chunks, rounded to float32 once more.
                    assertEquals(expected, rows.get(expert).get(figure).asDouble(), 1e-6 * expected, tensor + figure);
                }
            }
        });
    }

    // ---- how many there are

    private static List<String> notes(Path file, Object... options) {
        List<Object> arguments = new ArrayList<>(List.of("stats", file, "--format", "json"));
        arguments.addAll(List.of(options));
        return Json.report(arguments.toArray()).get("notes").valueStream().map(JsonNode::asString).toList();
    }

    @Test
    void itSaysThatTheNumberWasInferred() {
        String note = "the file does not store how many experts there are: 16, inferred from the sizes of"
                + " ffn_gate_inp and ffn_*_exps";
        assertEquals(List.of(note), notes(LEGACY));
        assertTrue(CliRun.outputOf("stats", LEGACY, "--level", "expert").contains("\nNote: " + note + ".\n"));
    }

    @Test
    void itSaysThatTheNumberWasGiven() {
        assertEquals(List.of("the file does not store how many experts there are: 8, as given"),
                notes(LEGACY, "--experts", "8"));
        experts(LEGACY, "--experts", "8").values().forEach(rows -> assertEquals(8, rows.size()));
        assertEquals(experts(LEGACY), experts(LEGACY, "--experts", "16"));
    }

    @Test
    void itSaysThatTheNumberGivenCannotBe() {
        List<String> notes = notes(LEGACY, "--experts", "7");
        assertEquals(1, notes.size());
        assertTrue(notes.getFirst().contains("7, as given, does not divide 12 tensors"), notes.getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"moe-prose.gguf", "dense-prose.gguf", "dense-prose.dat"})
    void aNumberThatIsStoredNeedsNoNote(String name) {
        assertEquals(List.of(), notes(ReferenceFiles.testdata(name)));
        assertFalse(CliRun.outputOf("stats", ReferenceFiles.testdata(name)).contains("Note:"));
    }

    @Test
    void aFileWithoutExpertsHasNoRows() {
        Path dense = ReferenceFiles.testdata("dense-prose.gguf");
        assertTrue(experts(dense).isEmpty());
        assertTrue(CliRun.outputOf("stats", dense, "--level", "expert").contains("no tensor has experts"));
    }
}
