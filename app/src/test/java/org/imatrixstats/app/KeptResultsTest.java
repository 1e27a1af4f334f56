package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.measure.Evaluation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

/** What {@code measure --results} kept, beside a recipe: {@code recipe --results}. */
class KeptResultsTest {
    private static final Path MODEL = Path.of("../testdata/models/tiny-english-f16.gguf");
    private static final Path HEADER = Path.of("../testdata/models/tiny-english-f16.header.gguf");
    private static final Path IMATRIX = Path.of("../testdata/tiny-english-prose.imatrix.gguf");
    /** Mixes and recipes of their sizes, which llama-perplexity measured. */
    private static final Path KEPT = Path.of("../testdata/tiny-english-kld.csv");

    @TempDir
    Path folder;

    private static JsonNode recipe(Path results, Object... options) {
        List<Object> all = new ArrayList<>(
                List.of("recipe", IMATRIX, "--emit", "json", "--target-bpw", "3.9", "--results", results));
        all.addAll(List.of(options));
        JsonNode json = Json.parse(CliRun.outputOf(all.toArray()));
        Schemas.assertValid(json);
        return json;
    }

    private static String summary(Path results, Object... options) {
        List<Object> all = new ArrayList<>(
                List.of("recipe", IMATRIX, "-o", "target/kept.txt", "--target-bpw", "3.9", "--results", results));
        all.addAll(List.of(options));
        return CliRun.outputOf(all.toArray());
    }

    private Path table(String... rows) throws IOException {
        return Files.writeString(folder.resolve("kld.csv"),
                "name,model,bytes,bpw,kld,kld_error,text,evaluation,types\n" + String.join("\n", rows) + "\n");
    }

    /** What is predicted for a standard mix is what the recipe shows beside it, from the same types. */
    @Test
    void mixesOfAboutThisSizeAreMeasuredAgainstPredicted() {
        JsonNode json = recipe(KEPT, "--model", MODEL);
        JsonNode measured = json.get("measured");
        assertEquals(6, measured.get("models").size());
        assertEquals(6, measured.get("others").asInt());
        Map<String, JsonNode> models = Json.by("name", measured.get("models"));
        JsonNode mix = models.get("Q3_K_M");
        assertEquals(0.00482, mix.get("kld").asDouble());
        assertEquals(json.at("/versus/predicted_kld").asDouble(), mix.get("predicted_kld").asDouble(), 1e-15);
        assertEquals(json.at("/versus/recipe_loss").asDouble(), mix.get("recipe_predicted_kld").asDouble(), 1e-6);
        assertTrue(models.get("recipe 3.90").get("predicted_kld").isNull());
        assertFalse(mix.get("is_recipe").asBoolean());
    }

    @Test
    void theSummaryShowsThemAsATable() {
        String out = summary(KEPT, "--model", MODEL);
        assertFalse(out.lines().anyMatch(line -> line.matches(" +model .* ± .*")), "no standard error is known");
        assertTrue(out.contains("measured near this size (" + KEPT + ")"), out);
        assertTrue(out.lines()
                .anyMatch(line -> line.matches(" +Q3_K_M +same +3\\.9002 +0\\.004820 +0\\.004243 +1\\.14 .*")), out);
        assertTrue(out.lines().anyMatch(line -> line.matches(" +IQ4_XS +\\+10\\.4% .*")), out);
        assertTrue(
                out.replaceAll("\\s+", " ").contains("has 6 measurements of this model at other sizes: --frontier shows"
                        + " all."),
                out);
        String markdown = CliRun.outputOf("recipe", IMATRIX, "--model", MODEL, "--target-bpw", "3.9", "--results", KEPT,
                "--emit", "markdown");
        assertTrue(markdown.contains("| Q3\\_K\\_M | same |"), markdown);
    }

    /** The digest of types that measure writes: the program, each tensor with its type, the content of the matrix. */
    @Test
    void theRecipeItselfIsFoundByItsTypes() throws IOException {
        JsonNode made = recipe(KEPT, "--model", MODEL);
        List<String> types = new ArrayList<>(List.of("llama.cpp"));
        made.get("tensors").forEach(
                tensor -> types.add(tensor.get("name").asString() + "=" + tensor.get("type").asString()));
        types.add(
                Json.report("stats", IMATRIX, "--format", "json", "--digest", "sha256").at("/file/digest").asString());
        String bytes = made.get("quant_bytes").asString();
        Path results = table("best,/other/place/tiny-english-f16.gguf," + bytes + ",,0.00166,0.00003,eval.txt,e,"
                + Evaluation.digest(types), "Q3_K_M,,,3.90,0.0041,0.00008,eval.txt,e,");
        Map<String, JsonNode> models = Json.by("name", recipe(results, "--model", MODEL).at("/measured/models"));
        assertTrue(models.get("best").get("is_recipe").asBoolean());
        assertEquals(made.get("predicted_kld").asDouble(), models.get("best").get("predicted_kld").asDouble());
        // The recipe of its size is itself.
        assertEquals(made.get("predicted_kld").asDouble(), models.get("best").get("recipe_predicted_kld").asDouble());
        // The size of an imported mix is rounded.
        assertEquals(made.at("/versus/predicted_kld").asDouble(), models.get("Q3_K_M").get("predicted_kld").asDouble());
        String out = summary(results, "--model", MODEL).replaceAll("\\s+", " ");
        assertTrue(out.contains("measured KL divergence 0.001660 ± 0.000030, 1.11 times the prediction"), out);
        assertTrue(out.contains("best (this recipe)"), out);
        assertFalse(out.contains("cannot be compared"), out);
    }

    @Test
    void otherModelsAreLeftOutAndOtherTextsAreSaid() throws IOException {
        Path results = table("theirs,llama.gguf,,3.9,0.5,,a.txt,x,", "mine,,,3.9,0.002,,a.txt,x,",
                "again,,,3.91,0.003,,b.txt,y,");
        JsonNode measured = recipe(results, "--model", MODEL).get("measured");
        assertEquals(2, measured.get("models").size());
        assertEquals(0, measured.get("others").asInt());
        assertEquals(1, measured.get("other_models").asInt());
        String out = summary(results, "--model", MODEL).replaceAll("\\s+", " ");
        assertTrue(out.contains("kld.csv has 1 measurement of models with another file name."), out);
        assertTrue(
                out.contains("Not all were measured on the same model, text and arguments: those cannot be compared."),
                out);
    }

    @Test
    void nothingNearIsSaid() throws IOException {
        Path results = table("Q8_0,,,8.5,0.00001,,,,");
        String out = summary(results, "--model", MODEL).replaceAll("\\s+", " ");
        assertTrue(out.contains("kld.csv has no measurement of this model near this size."), out);
        assertTrue(out.contains("kld.csv has 1 measurement of this model at other sizes: --frontier shows all."), out);
    }

    /** The proxy predicts no KL divergence: there is nothing to measure against. */
    @Test
    void withAHeaderAloneOnlyWhatWasMeasuredIsShown() {
        JsonNode json = recipe(KEPT, "--model", HEADER);
        assertEquals(0, json.at("/measured/models").size());
        JsonNode renamed = recipe(Path.of("../testdata/tiny-english-kld.csv"), "--model", MODEL, "--importance",
                "proxy");
        assertTrue(renamed.at("/measured/models/0/predicted_kld").isNull());
        assertFalse(summary(KEPT, "--model", MODEL, "--importance", "proxy").contains("KLD / predicted"));
    }

    @Test
    void resultsNeedAModelAndATable() throws IOException {
        assertTrue(CliRun.of("recipe", IMATRIX, "--raise", "50%", "--to", "q6_K", "--results", KEPT)
                .failed(ExitCode.USAGE).contains("--results needs --model"));
        Path text = Files.writeString(folder.resolve("notes.csv"), "hello\n");
        assertTrue(CliRun.of("recipe", IMATRIX, "--model", HEADER, "--target-bpw", "4", "--results", text)
                .failed(ExitCode.FAILED).contains("notes.csv"));
    }
}
