package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;

/** Ranks, robust z and shares against values made here of the sums of the reference implementation. */
class RankingTest {
    static List<Path> references() throws IOException {
        return ReferenceFiles.withExpected(".json");
    }

    @ParameterizedTest
    @MethodSource("references")
    void standingsFollowFromTheSumsOfTheReference(Path file) throws IOException {
        Map<String, Double> sums = new TreeMap<>();
        Json.reference(file).get("tensors").properties().forEach(
                tensor -> sums.put(tensor.getKey(), tensor.getValue().get("energy").get("sum").asDouble()));
        Map<String, JsonNode> tensors = Json.by("name",
                Json.report("stats", file, "--format", "json").get("tensors"));
        for (String name : sums.keySet()) {
            double[] kind = sums.keySet().stream().filter(other -> kind(other).equals(kind(name)))
                    .mapToDouble(sums::get).toArray();
            double[] all = sums.values().stream().mapToDouble(sum -> sum).toArray();
            JsonNode shown = tensors.get(name);
            double sum = sums.get(name);

            assertEquals(kind(name), shown.get("kind").asString());
            assertEquals(rank(sum, kind), shown.get("rank_in_kind").asInt(), name);
            assertEquals(rank(sum, all), shown.get("rank_overall").asInt(), name);
            assertEquals(sum / DoubleStream.of(kind).sum(), shown.get("share_of_kind").asDouble(), 1e-12, name);
            double z = robustZ(sum, kind);
            if (Double.isNaN(z)) {
                assertTrue(shown.get("robust_z").isNull(), name);
            } else {
                assertEquals(z, shown.get("robust_z").asDouble(), 1e-7, name);
            }
        }
    }

    private static String kind(String name) {
        return name.replaceFirst("^blk\\.[0-9]+\\.", "").replaceFirst("\\.weight$", "");
    }

    private static int rank(double sum, double[] sums) {
        return 1 + (int) DoubleStream.of(sums).filter(other -> other > sum).count();
    }

    /** As issue and documentation define it: (ln Σ − median) / (1.4826 · MAD). */
    private static double robustZ(double sum, double[] sums) {
        double median = median(DoubleStream.of(sums).map(Math::log).toArray());
        double mad = median(DoubleStream.of(sums).map(other -> Math.abs(Math.log(other) - median)).toArray());
        return sums.length < 3 || mad == 0 ? Double.NaN : (Math.log(sum) - median) / (1.4826 * mad);
    }

    private static double median(double[] values) {
        double[] sorted = DoubleStream.of(values).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    @Test
    void aKindOfOneTensorHasNoZAndNoMark() {
        String table = CliRun.outputOf("stats", ReferenceFiles.testdata("dense-process-output.gguf"), "--kind",
                "output");
        List<String> rows = rowsUnder(table, "output: 1 tensor");
        assertEquals(1, rows.size());
        assertFalse(rows.getFirst().matches(".*[│█▲▼].*"), rows.getFirst());
    }

    // ---- a real model in which one kind says nothing and another says much

    private static Path tinyllama() throws IOException {
        return ReferenceFiles.realWithExpected(".json").stream().filter(file -> file.endsWith("tinyllama-1.1b.dat"))
                .findFirst().orElseThrow();
    }

    /** The rows of a table with this title. */
    private static List<String> rowsUnder(String table, String title) {
        List<String> lines = table.lines().toList();
        int from = lines.indexOf(title);
        assertTrue(from >= 0, title);
        List<String> rows = new ArrayList<>();
        for (int i = from + 2; i < lines.size() && !lines.get(i).isEmpty(); i++) {
            rows.add(lines.get(i));
        }
        return rows;
    }

    @Test
    void sumsThatAreAllAlikeAreNotRanked() throws IOException {
        Path file = tinyllama();
        String table = CliRun.outputOf("stats", file, "--all");
        List<String> rows = rowsUnder(table,
                "attn_q: 22 tensors, same input as attn_k, all equal within 1%: no ranking");
        assertEquals(22, rows.size());
        rows.forEach(row -> assertFalse(row.matches(".*[│█▲▼].*"), row));

        JsonNode kind = kind(file, "attn_q");
        assertEquals(2048, kind.get("sum_median").asDouble(), 0.3);
        assertTrue(kind.get("log_spread").asDouble() < 0.01);
        assertEquals("attn_k", kind.get("same_input_as").asString());
    }

    @Test
    void sumsThatDifferAreRanked() throws IOException {
        Path file = tinyllama();
        JsonNode kind = kind(file, "ffn_down");
        assertEquals(207, kind.get("sum_min").asDouble(), 1);
        assertEquals(116_136, kind.get("sum_max").asDouble(), 1);
        assertTrue(kind.get("log_spread").asDouble() > 0.5);

        List<String> rows = rowsUnder(CliRun.outputOf("stats", file, "--all"), "ffn_down: 22 tensors");
        assertEquals(22, rows.size());
        rows.forEach(row -> assertTrue(row.contains("│"), row));
        // A tenth of 22, rounded up.
        assertEquals(3, rows.stream().filter(row -> row.contains("▲")).count());
        assertEquals(3, rows.stream().filter(row -> row.contains("▼")).count());
        double[] sums = rows.stream().mapToDouble(row -> Double.parseDouble(row.strip().split(" +")[1])).toArray();
        double[] sorted = DoubleStream.of(sums).sorted().toArray();
        for (int i = 0; i < sums.length; i++) {
            assertEquals(sums[i] >= sorted[19], rows.get(i).contains("▲"), rows.get(i));
            assertEquals(sums[i] <= sorted[2], rows.get(i).contains("▼"), rows.get(i));
        }
    }

    @Test
    void sumsThatAreAllAlikeAreNeitherTopNorBottom() throws IOException {
        Path file = tinyllama();
        JsonNode ends = Json.report("stats", file, "--top", "5", "--bottom", "5", "--format", "json")
                .get("tensors");
        assertEquals(10, ends.size());
        ends.forEach(row -> assertTrue(List.of("attn_output", "ffn_down").contains(row.get("kind").asString()),
                row.toString()));
        assertTrue(CliRun.outputOf("stats", file, "--kind", "attn_q", "--top", "5").contains("there is no ranking"));
    }

    private static JsonNode kind(Path file, String name) {
        return Json.by("kind", Json.report("stats", file, "--level", "kind", "--format", "json").get("kinds"))
                .get(name);
    }
}
