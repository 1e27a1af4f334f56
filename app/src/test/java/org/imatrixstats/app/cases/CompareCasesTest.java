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

/** A verdict counts what it skips, and follows from its table. */
class CompareCasesTest {
    private static final Path CLEAN = ReferenceFiles.testdata("cases/nan/clean.gguf");
    private static final Path ONE_NAN = ReferenceFiles.testdata("cases/nan/attn-output.gguf");
    private static final Path ALL_NAN = ReferenceFiles.testdata("cases/nan/all-nan.gguf");

    @TempDir
    private Path folder;

    @Test
    void whatCouldNotBeComparedComesFirst() {
        String out = CliRun.outputOf("compare", CLEAN, ONE_NAN);
        int skipped = out
                .indexOf("Not compared: 1 of 42 tensors, whose figures are undefined: blk.1.attn_output.weight.");
        int verdict = out.indexOf("What was compared is the same: ");
        assertTrue(skipped > 0 && verdict > skipped, out);
        assertFalse(out.contains("The same: "), out);
    }

    @Test
    void filesThatHoldTheSameAreStillTheSame() {
        String out = CliRun.outputOf("compare", CLEAN, CLEAN);
        assertTrue(out.contains("\nThe same: "), out);
        assertFalse(out.contains("Not compared"), out);
    }

    @Test
    void theClosingVerdictFollowsFromTheTable() {
        Path at16 = ReferenceFiles.testdata("snapshots/dense-prose.gguf.at_16");
        Path at20 = ReferenceFiles.testdata("snapshots/dense-prose.gguf.at_20");
        String out = CliRun.outputOf("compare", at16, at20);
        // attn_k, attn_q and attn_v share their input: A once, B once (ffn_down), the others equal.
        assertTrue(out.contains("Mixed: A exercises more in some kinds or respects, B in others."), out);
    }

    @Test
    void entriesOfNothingButNanShareNoInput() {
        for (JsonNode tensor : Json.report("stats", ALL_NAN, "--format", "json").get("tensors")) {
            assertTrue(tensor.get("same_input_as").isNull(), tensor.toString());
        }
    }

    @Test
    void entriesOfOneValueShareNoInput() throws IOException {
        GgufImatrixBuilder builder = new GgufImatrixBuilder().keys(List.of("text"), 1, 1);
        Map<String, float[]> values = Map.of("zero", new float[]{0, 0}, "constant", new float[]{3, 3}, "input",
                new float[]{1, 2});
        values.forEach((name, value) -> builder.entry("blk.0." + name + "_a.weight", new float[]{1}, value)
                .entry("blk.0." + name + "_b.weight", new float[]{1}, value));
        Path file = Files.write(folder.resolve("values.gguf"), builder.build());
        Map<String, JsonNode> tensors = Json.by("name", Json.report("stats", file, "--format", "json").get("tensors"));
        assertTrue(tensors.get("blk.0.zero_b.weight").get("same_input_as").isNull());
        assertTrue(tensors.get("blk.0.constant_b.weight").get("same_input_as").isNull());
        assertEquals("blk.0.input_a.weight", tensors.get("blk.0.input_b.weight").get("same_input_as").asString());
    }
}
