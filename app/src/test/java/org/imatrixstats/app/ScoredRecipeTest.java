package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

/** Recipes by scores of layers from a file. */
class ScoredRecipeTest {
    private static final Path MODEL = Path.of("../testdata/models/tiny-english-f16.gguf");
    private static final Path HEADER = Path.of("../testdata/models/tiny-english-f16.header.gguf");
    private static final Path IMATRIX = Path.of("../testdata/tiny-english-prose.imatrix.gguf");
    private static final Path LOG = Path.of("../testdata/recipe/tiny-english.layer-similarity.log");

    @TempDir
    Path folder;

    private static CliRun recipe(Path model, Object file, Object... more) {
        Object[] all = {"recipe", IMATRIX, "--model", model, "--target-bpw", "4", "--importance", file, "--no-cache"};
        Object[] both = Arrays.copyOf(all, all.length + more.length);
        System.arraycopy(more, 0, both, all.length, more.length);
        return CliRun.of(both);
    }

    private Path table(String text) throws IOException {
        return Files.writeString(folder.resolve("scores.csv"), text);
    }

    private static double weight(JsonNode json, String tensor) {
        for (JsonNode each : json.get("tensors")) {
            if (each.get("name").asString().equals(tensor)) {
                return each.get("weight").asDouble();
            }
        }
        throw new AssertionError(tensor);
    }

    /** The attention of layer 3 has a similarity of 0.96415, its FFN 0.993061; f is 0.261004 (see ResidualShareTest). */
    @Test
    void aLogTakesThePlaceOfTheShares() {
        JsonNode json = Json.parse(recipe(MODEL, LOG, "--emit", "json").succeeded().out());
        Schemas.assertValid(json);
        assertEquals("layer-scores", json.get("importance").asString());
        assertEquals("cosine similarities of 8 layers (" + LOG + ")", json.get("importance_source").asString());
        double attention = 1 - 0.96415 * 0.96415;
        double ffn = 1 - 0.993061 * 0.993061;
        assertEquals(0.05 * ffn, weight(json, "blk.3.ffn_down.weight"), 1e-12);
        assertEquals(0.05 * ffn * 0.261004, weight(json, "blk.3.ffn_up.weight"), 1e-8);
        assertEquals(0.05 * attention * (1 - ffn + ffn * 0.261004), weight(json, "blk.3.attn_q.weight"), 1e-8);
        assertEquals(json.get("loss"), json.get("predicted_kld"));
        assertTrue(json.get("predicted_kld_low").isNull());
    }

    @Test
    void theSummarySaysWhereTheImportanceIsFrom() {
        String summary = recipe(MODEL, LOG).succeeded().err().replaceAll("\\s+", " ");
        assertTrue(summary.contains("(by cosine similarities of 8 layers (" + LOG + "))"), summary);
        assertTrue(summary.contains("in place of what their blocks write to the residual stream, times measured errors."
                + " People report small gains or none from similarities of layers."), summary);
    }

    /** A header has no weights to measure errors on: the table of distortions stands for them. */
    @Test
    void aHeaderIsEnoughForALog() {
        JsonNode json = Json.parse(recipe(HEADER, LOG, "--emit", "json").succeeded().out());
        assertEquals("layer-scores", json.get("importance").asString());
        assertTrue(json.get("errors_source").isNull());
        assertTrue(Json.parse(CliRun.outputOf("recipe", IMATRIX, "--model", HEADER, "--frontier", "--importance", LOG,
                "--emit", "json")).get("importance").asString().equals("layer-scores"));
    }

    @Test
    void aLayerThatTheFileLacksIsSaid() throws IOException {
        CliRun run = recipe(MODEL, table("layer,value\n0,5\n1,1\n2,1\n3,1\n4,1\n5,1\n7,2\n"));
        assertTrue(run.succeeded().err().contains("has no score of a block of layer 6: its residual share stands in"),
                run.err());
        assertTrue(recipe(HEADER, table("layer,cos_sim\n0,0.5\n")).failed(1)
                .contains("has no score of layer 1, 2, 3, 4, 5, 6, 7, and residual shares cannot stand in"));
    }

    @Test
    void anUnknownWordIsAMistakeInTheCommandLine() {
        assertTrue(recipe(MODEL, "residual-shares").failed(2).startsWith("imatrix-stats: unknown --importance"
                + " 'residual-shares', did you mean 'residual-share'? Valid: residual-share, proxy, alphaq, measured, or the"
                + " name of a file with scores of layers"));
        assertTrue(recipe(MODEL, LOG, "--beta", "1").failed(2)
                .contains("--beta cannot be combined with --importance FILE"));
        assertTrue(CliRun.of("recipe", IMATRIX, "--raise", "50%", "--to", "q6_K", "--importance", LOG).failed(2)
                .contains("--importance FILE needs --model"));
        assertTrue(
                recipe(MODEL, LOG, "--sensitivity", LOG).failed(2).contains("cannot be combined with --sensitivity"));
    }

    @Test
    void aFileThatIsNoTableIsNamed() throws IOException {
        assertTrue(recipe(MODEL, table("hello\nworld\n")).failed(1).contains(
                "scores.csv: line 1: the columns are hello, expected layer,value or layer,cos_sim or layer,lim"));
        assertTrue(recipe(MODEL, LOG, "-o", LOG).failed(2).contains("input"));
    }
}
