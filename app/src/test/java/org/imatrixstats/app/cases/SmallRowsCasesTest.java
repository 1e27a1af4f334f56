package org.imatrixstats.app.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;

/** A model with rows of 64, which no type with blocks of 256 fits, and of 172, which no quantized type fits. */
class SmallRowsCasesTest {
    private static final Path MODEL = ReferenceFiles.testdata("cases/small-rows/model.gguf");
    private static final Path IMATRIX = ReferenceFiles.testdata("cases/small-rows/s.gguf");

    /** q4_K falls back to q5_0 and q6_K to q8_0 for rows of 64; rows of 172 become f16. */
    @Test
    void planShowsTheFallbacksOfLlamaQuantize() {
        String plan = CliRun.outputOf("plan", MODEL, "--base", "Q4_K_M", "--imatrix", IMATRIX);
        assertTrue(plan.contains("48 tensors: 29 q5_0, 11 f32, 5 f16, 3 q8_0; 36 shape fallbacks"), plan);
    }

    @Test
    void recipeChoosesOnlyTypesThatFitTheRows() {
        CliRun run = CliRun.of("recipe", IMATRIX, "--model", MODEL, "--target-bpw", "8", "--emit", "rules").succeeded();
        assertTrue(run.out().contains(".ffn_down\\.weight$=f16"), run.out());
        assertFalse(run.out().matches("(?s).*=(q[2-6]_K|iq[1-3]_\\w+|iq4_xs)\\b.*"), run.out());
    }

    @Test
    void checkTellsRowsThatFitNoTypeFromRowsThatFitSome() {
        String findings = CliRun.outputOf("check", IMATRIX, "--model", MODEL, "--format", "json");
        assertEquals(5, findings.split("\"columns-not-32\"", -1).length - 1, findings);
        assertEquals(30, findings.split("\"columns-not-256\"", -1).length - 1, findings);
    }
}
