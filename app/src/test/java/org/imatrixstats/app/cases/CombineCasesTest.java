package org.imatrixstats.app.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.app.Json;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** Experts that hold a filler have no data, and what llama-quantize stops at is not written unasked. */
class CombineCasesTest {
    private static final Path WITH_FILLER = ReferenceFiles.testdata("cases/filled-experts/a.dat");
    private static final Path WITH_DATA = ReferenceFiles.testdata("cases/filled-experts/b.dat");
    private static final Path CLEAN = ReferenceFiles.testdata("cases/nan/clean.gguf");
    /** E[x²] of expert 3 of blk.0.ffn_down_exps in b.dat, on average; that of a.dat is the filler, 1.0. */
    private static final double DATA = 0.0303107;

    @TempDir
    private Path folder;

    private static JsonNode expert3(Path file) {
        for (JsonNode row : Json.report("stats", file, "--level", "expert", "--format", "json").get("experts")) {
            if (row.get("name").asString().equals("blk.0.ffn_down_exps.weight") && row.get("expert").asInt() == 3) {
                return row;
            }
        }
        throw new AssertionError();
    }

    @ParameterizedTest
    @ValueSource(strings = {"merged.dat", "merged.gguf"})
    void mergeLeavesFillersOut(String name) throws IOException {
        Path merged = folder.resolve(name);
        CliRun run = CliRun.of("merge", WITH_FILLER, WITH_DATA, "-o", merged, "--chunk-size", "512").succeeded();
        assertTrue(run.err().contains(WITH_FILLER + ": experts that no token reached hold 1.0 in every column in 3"
                + " tensors, such as blk.0.ffn_down_exps.weight (expert 3): left out, they count as no data"),
                run.err());
        assertEquals(DATA, expert3(merged).get("mean").asDouble(), 1e-7);
    }

    @Test
    void mergeCanKeepFillersAsLlamaImatrixDoes() {
        Path merged = folder.resolve("merged.dat");
        CliRun run = CliRun.of("merge", WITH_FILLER, WITH_DATA, "--like-llama-imatrix", "-o", merged).succeeded();
        assertTrue(run.err().contains("blk.0.ffn_down_exps.weight (expert 3): kept as if they were data"), run.err());
        assertEquals((1 + DATA) / 2, expert3(merged).get("mean").asDouble(), 1e-7);
    }

    @Test
    void convertCountsFillersAsNoData() {
        Path converted = folder.resolve("a.gguf");
        CliRun.of("convert", WITH_FILLER, "-o", converted, "--chunk-size", "512").succeeded();
        assertEquals(0, expert3(converted).get("tokens").asInt());
        assertTrue(expert3(converted).get("mean").isNull());
        CliRun kept = CliRun.of("convert", WITH_FILLER, "-o", converted, "--chunk-size", "512",
                "--like-llama-imatrix").succeeded();
        assertTrue(kept.err().contains("kept as if they were data"), kept.err());
        assertEquals(1, expert3(converted).get("mean").asDouble());
    }

    @Test
    void aPartWithFillersIsTakenOutOfAMergedFile() {
        for (String how : List.of("", "--like-llama-imatrix")) {
            Path merged = folder.resolve("merged.gguf");
            Path left = folder.resolve("left.gguf");
            CliRun.of(how.isEmpty()
                    ? new Object[]{"merge", WITH_FILLER, WITH_DATA, "-o", merged, "--chunk-size", "512"}
                    : new Object[]{"merge", WITH_FILLER, WITH_DATA, "-o", merged, "--chunk-size", "512", how})
                    .succeeded();
            CliRun.of("subtract", merged, WITH_FILLER, "-o", left).succeeded();
            assertEquals(DATA, expert3(left).get("mean").asDouble(), 1e-6, how);
        }
    }

    @ParameterizedTest
    @CsvSource({"all-nan, blk.0.attn_k.weight, column 0 is NaN",
        "attn-output, blk.1.attn_output.weight, column 0 is NaN",
        "inf-column, blk.5.ffn_down.weight, column 100 is infinite"})
    void whatLlamaQuantizeStopsAtIsRefusedByName(String name, String tensor, String place) throws IOException {
        Path file = ReferenceFiles.testdata("cases/nan/" + name + ".gguf");
        Path out = Files.writeString(folder.resolve("out.gguf"), "before");
        for (Object[] command : List.of(new Object[]{"convert", file, "-o", out},
                new Object[]{"merge", CLEAN, file, "-o", out}, new Object[]{"subtract", file, CLEAN, "-o", out})) {
            String err = CliRun.of(command).failed(1);
            assertTrue(err.contains(file + ": tensor '" + tensor + "': the sum of x² in " + place
                    + ": llama-quantize stops there; --allow-invalid writes it all the same"), err);
            assertEquals("before", Files.readString(out));
        }
        CliRun run = CliRun.of("convert", file, "-o", out, "--allow-invalid").succeeded();
        assertTrue(run.err().contains("at which llama-quantize stops: " + tensor), run.err());
        assertEquals(3, CliRun.of("check", out).exitCode());
    }

    @Test
    void sumsThatOverflowFloat32AreRefused() throws IOException {
        GgufImatrixBuilder large = new GgufImatrixBuilder().keys(List.of("text"), 1, 1)
                .entry("blk.0.ffn_down.weight", new float[]{1}, 1, 3e38f);
        Path a = Files.write(folder.resolve("a.gguf"), large.build());
        Path b = Files.write(folder.resolve("b.gguf"), large.build());
        Path out = folder.resolve("out.gguf");
        String err = CliRun.of("merge", a, b, "-o", out, "--allow-duplicate").failed(1);
        assertTrue(err.contains("tensor 'blk.0.ffn_down.weight': the sum of x² in column 1 is beyond float32"), err);
        assertFalse(Files.exists(out));
    }
}
