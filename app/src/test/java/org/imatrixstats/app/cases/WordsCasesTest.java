package org.imatrixstats.app.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.app.Json;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** Words of other programs and of publishers are understood, or answered with the word that is meant. */
class WordsCasesTest {
    private static final Path MODEL = ReferenceFiles.testdata("models/llama-3.1-8b.gguf");

    @ParameterizedTest
    @CsvSource({"--in-file a.gguf --in-file b.gguf -o c.gguf, merge a.gguf b.gguf -o c.gguf",
        "--in-file a.gguf -o c.dat --output-format dat, convert a.gguf -o c.dat --to dat",
        "--in-file a.gguf --output-format dat, convert a.gguf -o FILE --to dat"})
    void whatLlamaImatrixWritesHasAnotherNameHere(String given, String meant) {
        String err = CliRun.of((Object[]) given.split(" ")).failed(2);
        assertTrue(err.contains("imatrix-stats " + meant), err);
    }

    @ParameterizedTest
    @CsvSource({"IQ4_K, iq4_k", "IQ5_K, iq5_k", "Q4_k, q4_K"})
    void theSameNameButForCaseIsSuggestedFirst(String given, String meant) {
        String err = CliRun.of("plan", MODEL, "--base", "Q4_K_M", "--dialect", "ik_llama.cpp", "--rule",
                "attn_v=" + given).failed(1);
        assertTrue(err.contains("did you mean '" + meant + "'?"), err);
    }

    @ParameterizedTest
    @CsvSource({"Q4_K_L, Q4_K_M", "UD-Q4_K_XL, Q4_K_M", "Q3_K_XL, Q3_K_L", "Q6_K_L, Q6_K", "UD-IQ2_XXS, IQ2_XXS",
        "Q2_K_L, Q2_K", "UD-Q8_K_XL, Q8_0"})
    void publishersLabelsHaveANearestBaseType(String given, String meant) {
        for (String dialect : new String[]{"llama.cpp", "ik_llama.cpp"}) {
            String err = CliRun.of("plan", MODEL, "--base", given, "--dialect", dialect).failed(1);
            assertTrue(err.contains("'" + given + "' is a publisher's label for a mix of rules, not a type of"
                    + " llama-quantize; the nearest base type is " + meant), err);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rules", "rules-bom", "rules-crlf", "rules-utf16", "rules-comments"})
    void ikTakesOneListOfRulesInAnyForm(String name) {
        JsonNode plan = Json.parse(CliRun.outputOf("plan", MODEL, "--base", "Q4_K_M", "--dialect", "ik_llama.cpp",
                "--tensor-type-file", ReferenceFiles.testdata("cases/rules/" + name + ".txt"), "--format", "json"));
        long byRule = 0;
        for (JsonNode tensor : plan.get("tensors")) {
            byRule += tensor.get("rule").isNull() ? 0 : 1;
        }
        // 32 layers of 7 matrices, the embeddings and the output.
        assertEquals(32 * 7 + 2, byRule, name);
    }

    @Test
    void oneWarningForThirtyTwoThatAreAlike() {
        String plan = CliRun.outputOf("plan", MODEL, "--base", "Q4_K_M", "--tensor-type-file",
                ReferenceFiles.testdata("cases/rules/rules-crlf.txt"));
        assertEquals(1, plan.lines().filter(line -> line.contains("is never reached")).count(), plan);
        assertTrue(plan.contains("rule 'blk.0.attn_output.weight=q4_K' (and 31 more like it) is never reached"), plan);
    }
}
