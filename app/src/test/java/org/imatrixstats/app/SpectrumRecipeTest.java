package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** Recipes and pages that go by the spectra of the weights. */
class SpectrumRecipeTest {
    private static final String TRAINED = "../testdata/models/tiny-english-f16.gguf";
    private static final String PROSE = "../testdata/tiny-english-prose.imatrix.gguf";

    @TempDir
    Path folder;

    private static CliRun recipe(String... options) {
        return CliRun.of(Stream.concat(Stream.of("recipe", "--model", TRAINED, "--target-bpw", "4.5", "--no-cache",
                "--emit", "json"), Stream.of(options)).toArray());
    }

    private static JsonNode json(CliRun run) {
        JsonNode json = Json.parse(run.succeeded().out());
        Schemas.assertValid(json);
        return json;
    }

    @ParameterizedTest
    @ValueSource(strings = {"alpha", "stable_rank", "entropy_deficit"})
    void tensorsAreRankedByTheirWeightsWithoutAnImportanceMatrix(String figure) {
        CliRun run = recipe("--rank-by", figure);
        JsonNode json = json(run);
        assertEquals(figure, json.get("ranked_by").asString());
        assertTrue(run.err().contains("--rank-by " + figure + " is data-free"), run.err());
        assertNotEquals(json(recipe()).get("rules"), json.get("rules"));
    }

    /** Neither the importance matrix nor its absence ranks them: no two exponents are equal. */
    @ParameterizedTest
    @ValueSource(strings = {"--rank-by alpha", "--importance alphaq"})
    void tensorsThatTheirWeightsTellApartAreNotCalledAlike(String how) {
        for (String[] imatrix : new String[][]{{}, {"--imatrix", PROSE.toString()}}) {
            String[] options = Stream.concat(Stream.of(how.split(" ")), Stream.of(imatrix)).toArray(String[]::new);
            CliRun run = recipe(options).succeeded();
            assertFalse(run.err().contains("arbitrary"), run.err());
        }
    }

    @Test
    void alphaQIsOfferedWithItsCaveat() {
        CliRun run = recipe("--importance", "alphaq");
        JsonNode json = json(run);
        assertTrue(json.get("bpw").asDouble() <= 4.5);
        assertTrue(run.err().contains("--importance alphaq is data-free: it knows the weights and nothing of the"
                + " activations"), run.err());
    }

    @Test
    void withoutAModelThereAreNoWeightsToRankBy() {
        String message = CliRun.of("recipe", PROSE, "--raise", "50%", "--to", "q6_K", "--rank-by", "alpha").failed(2);
        assertTrue(message.contains("--rank-by alpha needs --model: it goes by the weights"), message);
    }

    @Test
    void thePageHoldsTheSpectraOfAModel() throws IOException {
        Path page = folder.resolve("page.html");
        CliRun.outputOf("report", PROSE, "--spectrum", TRAINED, "-o", page);
        String html = Files.readString(page);
        assertTrue(html.contains("data-document=\"spectrum\""));
        assertTrue(html.contains("imatrix-stats/spectrum/1"));
    }

    @Test
    void thePageNeedsNoImportanceMatrixForSpectra() throws IOException {
        Path page = folder.resolve("alone.html");
        CliRun.outputOf("report", "--spectrum", TRAINED, "-o", page);
        assertTrue(Files.readString(page).contains("<title>tiny-english-f16.gguf"));
    }
}
