package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;

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
