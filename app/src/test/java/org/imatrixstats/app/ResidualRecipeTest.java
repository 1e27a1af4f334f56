package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;

import javax.xml.parsers.DocumentBuilderFactory;

import org.imatrixstats.app.command.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

/** Recipes by residual share and measured errors. */
class ResidualRecipeTest {
    private static final Path MODEL = Path.of("../testdata/models/tiny-english-f16.gguf");
    private static final Path HEADER = Path.of("../testdata/models/tiny-english-f16.header.gguf");
    private static final Path IMATRIX = Path.of("../testdata/tiny-english-prose.imatrix.gguf");

    @TempDir
    Path folder;

    private static JsonNode recipe(Object... options) {
        Object[] all = new Object[options.length + 4];
        System.arraycopy(new Object[]{"recipe", IMATRIX, "--emit", "json"}, 0, all, 0, 4);
        System.arraycopy(options, 0, all, 4, options.length);
        JsonNode json = Json.parse(CliRun.outputOf(all));
        Schemas.assertValid(json);
        return json;
    }

    /** The other program (numpy, the errors of testdata/error, its own solver) predicts 0.00149 at this size. */
    @Test
    void theSumOfTheLossesPredictsTheKlDivergence() {
        JsonNode json = recipe("--model", MODEL, "--target-size", "3164864B", "--no-cache");
        assertEquals("residual-share", json.get("importance").asString());
        assertEquals(0.00149, json.get("predicted_kld").asDouble(), 0.00003);
        assertEquals(json.get("loss").asDouble(), json.get("predicted_kld").asDouble());
    }

    /** A recipe of the size of Q3_K_M is shown beside it, without asking, and what the file will call itself. */
    @Test
    void theNearestStandardMixIsAlwaysShownBeside() {
        JsonNode json = recipe("--model", MODEL, "--target-bpw", "3.9", "--no-cache");
        JsonNode versus = json.get("versus");
        assertEquals("Q3_K_M", versus.get("base").asString());
        assertTrue(versus.get("nearest").asBoolean());
        double ratio = json.get("loss").asDouble() / versus.get("loss").asDouble();
        assertEquals(ratio, versus.get("loss_ratio").asDouble(), 1e-12);
        assertTrue(ratio < 0.5, "ratio " + ratio);
        String summary = CliRun.of("recipe", IMATRIX, "--model", MODEL, "--target-bpw", "3.9", "--no-cache", "-o",
                folder.resolve("r.txt")).succeeded().out();
        String flat = summary.replaceAll("\\s+", " ");
        assertTrue(flat.contains("Q3_K_M, the nearest standard mix: 3.9002 bpw"), summary);
        assertTrue(flat.contains("This recipe has 0.35 times that"), summary);
        assertTrue(flat.contains("The file will call itself Q8_0 (general.file_type 7). To label it Q3_K_M, add"
                + " --override-kv general.file_type=int:12"), summary);
    }

    /** A mix of another size is compared with a recipe of that size. */
    @Test
    void aMixOfAnotherSizeIsComparedWithARecipeOfItsSize() {
        JsonNode small = recipe("--model", MODEL, "--target-bpw", "3.9", "--versus", "Q4_K_M");
        long bytes = small.at("/versus/quant_bytes").asLong();
        JsonNode same = recipe("--model", MODEL, "--target-size", bytes + "B");
        double loss = small.at("/versus/recipe_loss").asDouble();
        assertFalse(small.at("/versus/nearest").asBoolean());
        assertTrue(same.get("loss").asDouble() <= loss && loss < 1.05 * same.get("loss").asDouble(), "" + loss);
        assertTrue(loss < small.get("loss").asDouble());
    }

    private static JsonNode frontier(Object... options) {
        Object[] all = new Object[options.length + 6];
        System.arraycopy(new Object[]{"recipe", IMATRIX, "--frontier", "--emit", "json", "--model"}, 0, all, 0, 6);
        System.arraycopy(options, 0, all, 6, options.length);
        JsonNode json = Json.parse(CliRun.outputOf(all));
        Schemas.assertValid(json);
        return json;
    }

    /** The row of a recipe is what a recipe of its size is, and the rows of mixes have the sizes of plans. */
    @Test
    void theFrontierHoldsTheRecipesOfAllSizes() {
        JsonNode json = frontier(MODEL);
        assertTrue(json.get("predicts_kld").asBoolean());
        JsonNode some = null;
        JsonNode mix = null;
        for (JsonNode row : json.get("rows")) {
            some = row.get("sort").asString().equals("recipe") && row.get("bpw").asDouble() < 4 ? row : some;
            mix = row.get("name").asString("").equals("Q4_K_M") ? row : mix;
        }
        JsonNode recipe = recipe("--model", MODEL, "--target-size", some.get("quant_bytes").asLong() + "B");
        assertEquals(some.get("quant_bytes").asLong(), recipe.get("quant_bytes").asLong());
        assertEquals(some.get("predicted").asDouble(), recipe.get("loss").asDouble(), 1e-9);
        JsonNode plan = Json.parse(CliRun.outputOf("plan", MODEL, "--base", "Q4_K_M", "--imatrix", IMATRIX, "--format",
                "json"));
        assertEquals(plan.get("quant_bytes"), mix.get("quant_bytes"));
        assertTrue(mix.get("ratio").asDouble() < 0.5);
    }

    @Test
    void measuredModelsAreShownBesideTheFrontierAndDrawn() throws Exception {
        Path results = Files.writeString(folder.resolve("kld.csv"),
                "name,bytes,bpw,kld,kld_error\nQ3_K_M,3165184,,0.00482,0.00008\nmine,,3.9,0.00153,0.00003\n");
        Path svg = folder.resolve("sizes.svg");
        String table = CliRun.outputOf("recipe", IMATRIX, "--model", MODEL, "--frontier", "--step", "500KiB",
                "--results",
                results, "--svg", svg);
        assertTrue(table.lines().anyMatch(line -> line.matches(" +Q3_K_M +3.02 +3.90 .*0.0048.*")), table);
        assertTrue(table.lines().anyMatch(line -> line.matches(" +mine +3.02 +3.90 +0.0015.*")), table);
        String drawn = Files.readString(svg);
        assertTrue(drawn.contains(">mine</text>") && drawn.contains(">Q4_K_M</text>"), drawn);
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
    }

    @Test
    void aFrontierHasNoSize() {
        assertTrue(CliRun.of("recipe", IMATRIX, "--model", MODEL, "--frontier", "--target-bpw", "4")
                .failed(ExitCode.USAGE).contains("--frontier solves for all sizes"));
        assertTrue(CliRun.of("recipe", IMATRIX, "--model", MODEL, "--target-bpw", "4", "--step", "1MB")
                .failed(ExitCode.USAGE).contains("--step works only with --frontier"));
        assertTrue(CliRun.of("recipe", IMATRIX, "--model", MODEL, "--frontier", "--emit", "rules")
                .failed(ExitCode.USAGE).contains("--emit rules needs a size"));
    }

    @Test
    void errorsFromATableGiveTheSameRecipe() {
        Path errors = folder.resolve("errors.csv");
        String types = "q3_K,q4_K,q6_K";
        CliRun.outputOf("error", MODEL, "--imatrix", IMATRIX, "--types", types, "-o", errors);
        JsonNode measured = recipe("--model", MODEL, "--target-bpw", "4.2", "--types", types, "--no-cache");
        JsonNode read = recipe("--model", MODEL, "--target-bpw", "4.2", "--types", types, "--errors", errors);
        assertEquals(measured.get("rules"), read.get("rules"));
        assertEquals(errors.toString(), read.get("errors_source").asString());
    }

    @Test
    void withAHeaderAloneOrOnRequestTheProxyDecides() {
        assertEquals("proxy", recipe("--model", HEADER, "--target-bpw", "4").get("importance").asString());
        JsonNode asked = recipe("--model", MODEL, "--target-bpw", "4", "--importance", "proxy");
        assertEquals("proxy", asked.get("importance").asString());
        assertTrue(asked.get("predicted_kld").isNull());
        assertEquals("proxy",
                recipe("--model", MODEL, "--target-bpw", "4", "--beta", "0").get("importance").asString());
    }

    @Test
    void residualSharesThatCannotBeHadAreSaid() {
        String header = CliRun.of("recipe", IMATRIX, "--model", HEADER, "--target-bpw", "4", "--importance",
                "residual-share").failed(1);
        assertTrue(header.contains("has no residual shares: its weights are not all there"), header);
        assertTrue(
                CliRun.of("recipe", "--model", MODEL, "--target-bpw", "4", "--importance", "residual-share").failed(2)
                        .contains("needs an importance matrix"));
    }
}
