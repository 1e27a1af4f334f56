package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

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

    /** Errors of types that only the mix has, and of fixed types, are measured too: no table of normal weights stands in. */
    @Test
    void whatIsMeasuredDoesNotDependOnTheTypesToChooseFrom() {
        JsonNode ofBoth = recipe("--model", MODEL, "--target-bpw", "5", "--versus", "Q4_K_M", "--no-cache", "--types",
                "q4_K,q6_K");
        JsonNode ofOne = recipe("--model", MODEL, "--target-bpw", "5", "--versus", "Q4_K_M", "--no-cache", "--types",
                "q4_K", "--pin", "attn_v=q4_0");
        assertEquals(ofBoth.at("/versus/predicted_kld").asDouble(), ofOne.at("/versus/predicted_kld").asDouble(),
                1e-12);
        Path errors = folder.resolve("errors.csv");
        CliRun.outputOf("error", MODEL, "--imatrix", IMATRIX, "--types", "q4_K,q4_0", "-o", errors);
        assertEquals(
                recipe("--model", MODEL, "--target-bpw", "5", "--types", "q4_K", "--pin", "attn_v=q4_0", "--errors",
                        errors).get("predicted_kld").asDouble(),
                ofOne.get("predicted_kld").asDouble(), 1e-12);
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
        JsonNode header = recipe("--model", HEADER, "--target-bpw", "4");
        assertEquals("proxy", header.get("importance").asString());
        assertTrue(header.get("caveats").valueStream()
                .anyMatch(
                        caveat -> caveat.asString().contains("The weights are not used: the file has only the header")),
                header.get("caveats")::toString);
        JsonNode byRoles = recipe("--model", MODEL, "--target-bpw", "4", "--role-weight", "attn_v=3");
        assertTrue(byRoles.get("caveats").valueStream().anyMatch(caveat -> caveat.asString()
                .contains("The weights are not used: --role-weight is an option of the proxy")),
                byRoles.get("caveats")::toString);
        JsonNode asked = recipe("--model", MODEL, "--target-bpw", "4", "--importance", "proxy");
        assertEquals("proxy", asked.get("importance").asString());
        assertTrue(asked.get("predicted_kld").isNull());
        assertEquals("proxy",
                recipe("--model", MODEL, "--target-bpw", "4", "--beta", "0").get("importance").asString());
    }

    @Test
    void theWeightsOfAPackedModelAreReadToo() throws IOException {
        Path packed = folder.resolve("model.gguf.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(MODEL, out);
        }
        JsonNode json = recipe("--model", packed, "--target-bpw", "4");
        assertEquals("residual-share", json.get("importance").asString());
        assertEquals(recipe("--model", MODEL, "--target-bpw", "4").get("rules"), json.get("rules"));
    }

    @Test
    void residualSharesThatCannotBeHadAreSaid() {
        String header = CliRun.of("recipe", IMATRIX, "--model", HEADER, "--target-bpw", "4", "--importance",
                "residual-share").failed(1);
        assertTrue(header.contains("has no residual shares: the file has only the header of the model"), header);
        assertTrue(
                CliRun.of("recipe", "--model", MODEL, "--target-bpw", "4", "--importance", "residual-share").failed(2)
                        .contains("needs an importance matrix"));
    }

    private String losses(String columns, String type, int tensors) throws IOException {
        StringBuilder table = new StringBuilder(columns + "\n");
        recipe("--model", HEADER, "--target-bpw", "4").get("tensors").valueStream()
                .filter(tensor -> tensor.get("quantized").asBoolean()).limit(tensors)
                .forEach(tensor -> table.append(tensor.get("name").asString()).append(type)
                        .append(tensor.get("name").asString().startsWith("blk.7") ? ",0.001\n" : ",0.0001\n"));
        Path file = Files.writeString(folder.resolve("losses.csv"), table);
        return file.toString();
    }

    /** In the measured type itself the prediction is the sum of the table: 51 tensors with 0.0001, 7 with 0.001. */
    @Test
    void measuredLossesInOneTypePredictTheKlDivergence() throws IOException {
        String file = losses("tensor,type,kld", ",q3_K", 58);
        JsonNode json = recipe("--model", MODEL, "--target-bpw", "16", "--types", "q3_K", "--sensitivity", file,
                "--no-cache");
        assertEquals("measured", json.get("importance").asString());
        assertEquals(51 * 0.0001 + 7 * 0.001, json.get("predicted_kld").asDouble(), 1e-9);
        // Other types are not dropped, and the costly layer gets the larger ones.
        json = recipe("--model", MODEL, "--target-bpw", "4", "--sensitivity", file, "--no-cache", "--importance",
                "measured");
        assertTrue(json.get("types").size() > 5, json.get("types").toString());
        double costly = bits(json, "blk.7.");
        assertTrue(costly > bits(json, "blk.3.") + 0.5, "bits of the costly layer: " + costly);
        assertTrue(json.get("caveats").toString().contains("measured in q3_K"), json.get("caveats").toString());
    }

    private static double bits(JsonNode recipe, String start) {
        double bytes = recipe.get("tensors").valueStream()
                .filter(tensor -> tensor.get("name").asString().startsWith(start)
                        && tensor.get("quantized").asBoolean())
                .mapToDouble(tensor -> tensor.get("bytes").asDouble()).sum();
        // 256 · (256 + 2 · 128 + 256) for the attention, 3 · 256 · 768 for the FFN.
        return 8 * bytes / (256 * (256 + 2 * 128 + 256) + 3 * 256 * 768);
    }

    @Test
    void tensorsWithoutAValueGetTheirResidualShare() throws IOException {
        String file = losses("tensor,value", "", 50);
        CliRun run = CliRun.of("recipe", IMATRIX, "--emit", "json", "--model", MODEL, "--target-bpw", "4", "--types",
                "q3_K,q4_K", "--sensitivity", file, "--measured-type", "q3_K", "--no-cache").succeeded();
        assertTrue(run.err().contains("8 tensors have no value, such as "), run.err());
        assertTrue(run.err().contains(": the residual share stands in"), run.err());
        String message = CliRun.of("recipe", IMATRIX, "--model", HEADER, "--target-bpw", "4", "--sensitivity", file,
                "--measured-type", "q3_K").failed(1);
        assertTrue(message.contains("has no value for ") && message.contains("add a value"), message);
        // With all values, the header is enough: D scales.
        CliRun header = CliRun.of("recipe", IMATRIX, "--model", HEADER, "--target-bpw", "4", "--sensitivity",
                losses("tensor,value", "", 58), "--measured-type", "q3_K").succeeded();
        assertTrue(header.err().replaceAll("\\s+", " ").contains("scaled by the distortion of normal weights"),
                header.err());
    }

    @Test
    void optionsOfMeasuredLossesNeedATable() {
        assertTrue(CliRun.of("recipe", IMATRIX, "--model", HEADER, "--target-bpw", "4", "--importance", "measured")
                .failed(2).contains("--importance measured needs --sensitivity"));
        assertTrue(CliRun.of("recipe", IMATRIX, "--model", HEADER, "--target-bpw", "4", "--measured-type", "q3_K")
                .failed(2).contains("--measured-type needs --sensitivity"));
    }

    @Test
    void theWholeFileHasTheSizeThatWasAskedFor() throws IOException {
        Path file = folder.resolve("recipe.json");
        CliRun.of("recipe", IMATRIX, "--model", MODEL, "--target-file-size", "3200000B", "--importance", "proxy",
                "--emit", "json", "-o", file).succeeded();
        Path quantized = folder.resolve("q.gguf");
        CliRun.of("quantize", MODEL, quantized, "--recipe", file, "--imatrix", IMATRIX).succeeded();
        long below = 3_200_000 - Files.size(quantized);
        assertTrue(below >= 0 && below < 2000, below + " bytes below");
        String message = CliRun.of("recipe", "--model", MODEL, "--target-file-size", "1KB").failed(1);
        assertTrue(message.contains("its header alone takes "), message);
        assertTrue(CliRun.of("recipe", "--model", MODEL, "--target-file-size", "3MB", "--target-bpw", "4").failed(2)
                .contains("--target-file-size cannot be combined with another size"));
    }
}
