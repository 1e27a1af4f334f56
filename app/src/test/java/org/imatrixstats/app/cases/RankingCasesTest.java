package org.imatrixstats.app.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.app.Json;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

/** The ranking goes by what a column gets, and a kind is all alike only if all of it is. */
class RankingCasesTest {
    private static final Path UNREACHED = ReferenceFiles.testdata("cases/experts-unreached/m.gguf");
    private static final Path UNREACHED_MODEL = ReferenceFiles.testdata("cases/experts-unreached/model.gguf");
    private static final Path OUTLIER = ReferenceFiles.testdata("cases/one-outlier/a.gguf");
    private static final Path OUTLIER_MODEL = ReferenceFiles.testdata("cases/one-outlier/model.gguf");

    @TempDir
    private Path folder;

    private static Map<String, JsonNode> tensors(Path imatrix) {
        return Json.by("name", Json.report("stats", imatrix, "--format", "json").get("tensors"));
    }

    private static Map<String, JsonNode> recipe(Path imatrix, Path model) {
        return Json.by("name", Json.parse(CliRun.outputOf("recipe", imatrix, "--model", model, "--target-bpw", "4.5",
                "--emit", "json")).get("tensors"));
    }

    @Test
    void aLayerWithUnreachedExpertsIsRankedByWhatItsColumnsGet() {
        Map<String, JsonNode> tensors = tensors(UNREACHED);
        assertEquals(24, tensors.get("blk.5.ffn_down_exps.weight").get("experts_without_data").asInt());
        assertEquals(-0.10, tensors.get("blk.5.ffn_down_exps.weight").get("robust_z").asDouble(), 0.005);
        assertEquals(0.66, tensors.get("blk.5.ffn_gate_exps.weight").get("robust_z").asDouble(), 0.005);
        assertEquals(6, tensors.get("blk.5.ffn_down_exps.weight").get("rank_in_kind").asInt());
    }

    @Test
    void aRecipeWeighsSuchALayerLikeTheOthers() {
        Map<String, JsonNode> tensors = recipe(UNREACHED, UNREACHED_MODEL);
        // exp(0.69 tanh(0.8 z)) times the role of the kind: 3.5 and 1.
        assertEquals(3.5 * Math.exp(0.69 * Math.tanh(-0.8 * 0.1012)),
                tensors.get("blk.5.ffn_down_exps.weight").get("weight").asDouble(), 1e-3);
        assertEquals(Math.exp(0.69 * Math.tanh(0.8 * 0.6558)),
                tensors.get("blk.5.ffn_gate_exps.weight").get("weight").asDouble(), 1e-3);
    }

    @Test
    void theSumStaysAFigureASortKeyAndARanking() {
        String smallest = CliRun.outputOf("stats", UNREACHED, "--kind", "ffn_down_exps", "--sort", "sum", "--top", "1",
                "--format", "csv", "--columns", "name");
        assertEquals("blk.5.ffn_down_exps.weight", smallest.lines().toList().getLast().split(",")[1]);
        String bySum = CliRun.outputOf("recipe", UNREACHED, "--raise", "90%", "--to", "q6_K", "--kind",
                "ffn_down_exps", "--rank-by", "sum");
        assertTrue(bySum.contains("^blk\\.([0-46-9])\\.") || bySum.contains("^blk\\.[0-46-9]\\."), bySum);
    }

    @Test
    void oneOutlierAmongElevenThatAreAlikeIsNamedByEveryOutput() throws IOException {
        String table = CliRun.outputOf("stats", OUTLIER, "--kind", "ffn_down");
        assertFalse(table.contains("no ranking"), table);
        List<String> marked = table.lines().filter(line -> line.matches(" +[0-9]+ .*[▲▼].*")).toList();
        assertEquals(1, marked.size(), table);
        assertTrue(marked.getFirst().matches(" +8 .*▲.*"), table);

        JsonNode outlier = tensors(OUTLIER).get("blk.8.ffn_down.weight");
        assertEquals(1, outlier.get("rank_in_kind").asInt());
        assertTrue(outlier.get("robust_z").asDouble() > 100, outlier.toString());

        Path page = folder.resolve("page.html");
        CliRun.outputOf("report", OUTLIER, "-o", page);
        assertTrue(Files.readString(page).contains("Far above the other layers of their kind: blk.8.ffn_down.weight"));
    }

    @Test
    void aRecipeWeighsTheOutlierAndSaysThatTheCutThroughTheOthersIsArbitrary() {
        Map<String, JsonNode> tensors = recipe(OUTLIER, OUTLIER_MODEL);
        assertEquals(3.5 * Math.exp(0.69), tensors.get("blk.8.ffn_down.weight").get("weight").asDouble(), 1e-6);

        CliRun run = CliRun.of("recipe", OUTLIER, "--raise", "50%", "--to", "q6_K").succeeded();
        assertTrue(run.err().contains("alike (within 1%) get different types: which of them get more bits is arbitrary:"
                + " ffn_down (11 alike)"), run.err());
        assertFalse(CliRun.of("recipe", OUTLIER, "--raise", "8%", "--to", "q6_K").succeeded().err()
                .contains("arbitrary"));
        assertTrue(CliRun.of("recipe", "--model", OUTLIER_MODEL, "--target-bpw", "4.5").succeeded().err()
                .contains("without an importance matrix the tensors of a kind are alike"));
    }

    /** Each of four tensors has one column, whose E[x²] is the figure given. */
    private Path kindOf(float... energies) throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder().keys(List.of("text"), 1, 1);
        for (int layer = 0; layer < energies.length; layer++) {
            file.entry("blk." + layer + ".ffn_down.weight", new float[]{1}, energies[layer]);
        }
        return Files.write(folder.resolve("kind.gguf"), file.build());
    }

    @Test
    void whereTheMadIs0TheOutlierStillHasAZ() throws IOException {
        Map<String, JsonNode> tensors = tensors(kindOf(2, 2, 2, 100));
        assertEquals(0, tensors.get("blk.0.ffn_down.weight").get("robust_z").asDouble());
        // The scale is that of figures spread evenly over 1%.
        assertEquals(Math.log(50) / (1.4826 * Math.log(1.01) / 4),
                tensors.get("blk.3.ffn_down.weight").get("robust_z").asDouble(), 1e-9);
    }

    @Test
    void alikeMeansThatTheLargestIsWithinOnePercentOfTheSmallest() throws IOException {
        Map<String, JsonNode> alike = tensors(kindOf(100, 100.5f, 100.9f, 100.2f));
        alike.values().forEach(tensor -> {
            assertTrue(tensor.get("robust_z").isNull(), tensor.toString());
            assertTrue(tensor.get("rank_in_kind").isNull(), tensor.toString());
        });
        assertTrue(CliRun.outputOf("stats", folder.resolve("kind.gguf"), "--all")
                .contains("all equal within 1%: no ranking"));
        assertTrue(CliRun.outputOf("stats", folder.resolve("kind.gguf"), "--format", "csv", "--columns", "robust_z")
                .lines().skip(1).allMatch(line -> line.endsWith(",")));

        Map<String, JsonNode> ranked = tensors(kindOf(100, 100.5f, 101.1f, 100.2f));
        assertEquals(1, ranked.get("blk.2.ffn_down.weight").get("rank_in_kind").asInt());
        assertFalse(ranked.get("blk.2.ffn_down.weight").get("robust_z").isNull());
    }
}
