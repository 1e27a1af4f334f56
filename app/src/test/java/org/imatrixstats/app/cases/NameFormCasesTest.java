package org.imatrixstats.app.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that differ only in form are told as that, once, with what could be copied; a complete file is no part. */
class NameFormCasesTest {
    private static final Path CASES = ReferenceFiles.testdata("cases/merged-gate-up");
    private static final Path MERGED = CASES.resolve("mer.gguf");
    private static final Path SEPARATE = CASES.resolve("sep.gguf");
    private static final Path MODEL = CASES.resolve("model-sep.gguf");
    private static final float[] ONE = {1};

    @TempDir
    private Path folder;

    @Test
    void planSaysThatGateAndUpAreMerged() {
        String plan = CliRun.outputOf("plan", MODEL, "--imatrix", MERGED).replaceAll("\\s+", " ");
        assertTrue(plan
                .contains("the importance matrix has entries under other names for 8 tensors: gate and up of experts"
                        + " are one tensor in the one file and two in the other, such as blk.0.ffn_gate_exps.weight is"
                        + " blk.0.ffn_gate_up_exps.weight in the importance matrix; they share an input, so the entry of one can be"
                        + " copied for the other. llama.cpp finds none of them"),
                plan);
        assertFalse(plan.contains("has no entry for"), plan);
    }

    @Test
    void recipeSaysItOnce() {
        String err = CliRun.of("recipe", MERGED, "--model", MODEL, "--target-bpw", "5").succeeded().err();
        assertEquals(1,
                err.lines().filter(line -> line.contains("warning:") && line.contains("ffn_gate_up_exps")).count(),
                err);
        assertFalse(err.contains("no entry for"), err);
    }

    /** ik_llama.cpp looks for the merged tensor itself. */
    @Test
    void ikFindsMergedGateAndUp() throws IOException {
        Path legacy = folder.resolve("mer.dat");
        CliRun.outputOf("convert", MERGED, "-o", legacy);
        assertFalse(CliRun.outputOf("plan", MODEL, "--imatrix", legacy, "--dialect", "ik_llama.cpp")
                .contains("under other names"));
    }

    @Test
    void compareSaysWhichTensorsBothHaveUnderOtherNames() {
        CliRun run = CliRun.of("compare", MERGED, SEPARATE).succeeded();
        assertTrue(run.err().contains("not compared, as they have other names: 8 tensors: gate and up of experts"),
                run.err());
    }

    private Path imatrix(String name, String prefix) throws IOException {
        return new GgufImatrixBuilder().entry(prefix + "blk.0.attn_q.weight", ONE, 1, 2)
                .entry(prefix + "blk.0.attn_k.weight", ONE, 1, 3).write(Files.createDirectories(folder.resolve(name)));
    }

    @Test
    void compareOfFilesWithAndWithoutAPrefixSaysSo() throws IOException {
        String err = CliRun.of("compare", imatrix("a", ""), imatrix("b", "model.diffusion_model.")).failed(1);
        assertTrue(err.contains("2 tensors: the names of the one file have the prefix model.diffusion_model."), err);
    }

    /** Of Mixtral, as llama.cpp wrote it before April 2024. */
    @Test
    void tensorsOfSingleExpertsAreThoseOfAllExperts() throws IOException {
        GgufImatrixBuilder old = new GgufImatrixBuilder().keys(List.of("text"), 100, 512);
        for (int layer = 0; layer < 4; layer++) {
            for (String kind : List.of("gate", "up", "down")) {
                for (int expert = 0; expert < 16; expert++) {
                    old.entry("blk." + layer + ".ffn_" + kind + "." + expert + ".weight", ONE,
                            new float[kind.equals("down") ? 256 : 512]);
                }
            }
        }
        old.entry("blk.0.attn_q.weight", ONE, new float[512]);
        Path matrix = old.write(folder);
        for (CliRun run : List.of(CliRun.of("check", matrix, "--model", MODEL),
                CliRun.of("plan", MODEL, "--imatrix", matrix), CliRun.of("compare", matrix, SEPARATE))) {
            String said = (run.out() + run.err()).replaceAll("\\s+", " ");
            assertTrue(said
                    .contains("12 tensors: the one file has a tensor for each expert, the other one for all, such as"
                            + " blk.0.ffn_"),
                    said);
            assertTrue(said.contains("_exps.weight is blk.0.ffn_"), said);
            assertTrue(said.contains("the entries of the experts, joined in their order, are the entry for all"), said);
        }
    }

    @Test
    void aCompleteFileWithALeftoverSplitCountIsReadWithANote() throws IOException {
        Path model = new GgufBuilder().text("general.architecture", "llama").uint32("llama.block_count", 1)
                .uint32("split.no", 0).uint32("split.count", 4).uint32("split.tensors.count", 1)
                .tensor("blk.0.attn_q.weight", List.of(256L, 2L), new float[512]).write(folder.resolve("model.gguf"));
        String note = "split.count is 4, but the file holds all 1 tensor: it is read as a whole. llama.cpp looks"
                + " for the other parts and refuses it";
        Path quantized = folder.resolve("q.gguf");
        for (CliRun run : List.of(CliRun.of("inspect", model), CliRun.of("plan", model),
                CliRun.of("recipe", "--model", model, "--target-bpw", "5"),
                CliRun.of("quantize", model, quantized, "Q8_0"))) {
            assertTrue((run.succeeded().out() + run.err()).replaceAll("\\s+", " ").contains(note),
                    run.out() + run.err());
        }
        assertFalse(CliRun.of("inspect", quantized).succeeded().err().contains("split.count"));
    }

    /** PowerShell writes these; llama-quantize reads bytes. */
    @Test
    void rulesWithAByteOrderMarkOrInUtf16AreReadWithANote() {
        Path model = ReferenceFiles.testdata("models/small-dense.gguf");
        String marked = CliRun.outputOf("plan", model, "--tensor-type-file",
                ReferenceFiles.testdata("cases/rules/rules-bom.txt"));
        assertTrue(
                marked.contains("rules-bom.txt begins with a byte order mark: llama-quantize takes it as a part of the"
                        + " first rule"),
                marked);
        String wide = CliRun.outputOf("plan", model, "--tensor-type-file",
                ReferenceFiles.testdata("cases/rules/rules-utf16.txt"));
        assertTrue(wide.contains("rules-utf16.txt is UTF-16: llama-quantize cannot read it"), wide);
        String plain = CliRun.outputOf("plan", model, "--tensor-type-file",
                ReferenceFiles.testdata("cases/rules/rules-crlf.txt"));
        assertFalse(plain.contains("byte order mark"), plain);
    }
}
