package org.imatrixstats.app.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.imatrixstats.app.CliRun;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong file is named for what it is, in one line. */
class WrongFileCasesTest {
    private static final Path CLEAN = ReferenceFiles.testdata("cases/nan/clean.gguf");
    private static final Path BIG_ENDIAN = ReferenceFiles.testdata("cases/big-endian/be.gguf");

    @TempDir
    private Path folder;

    private static void assertSaid(String expected, Object... arguments) {
        String err = CliRun.of(arguments).failed(1);
        assertTrue(err.contains(expected), err);
        assertEquals(1, err.lines().count(), err);
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    @ParameterizedTest
    @CsvSource({"lfs, is a pointer of Git LFS, git lfs pull", "page, is a web page, download the file"})
    void whatGitAndBrowsersLeaveBehind(String name, String what, String help) {
        Path file = ReferenceFiles.testdata("cases/not-gguf/" + name + ".gguf");
        for (Object[] command : List.of(new Object[]{"stats", file}, new Object[]{"plan", file, "--base", "Q4_K_M"},
                new Object[]{"check", CLEAN, "--model", file}, new Object[]{"check", file})) {
            assertSaid(what, command);
            assertSaid(help, command);
        }
    }

    @Test
    void otherContainersInThePlaceOfAnImportanceMatrix() throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        byte[] safetensors = new byte[8 + header.length() + 4];
        safetensors[0] = (byte) header.length();
        System.arraycopy(header.getBytes(StandardCharsets.US_ASCII), 0, safetensors, 8, header.length());
        assertSaid("is a safetensors file, expected an importance matrix",
                "stats", write("model.safetensors", safetensors));
        assertSaid("is a PyTorch checkpoint, expected an importance matrix",
                "stats", ReferenceFiles.testdata("checkpoints/meta-llama32-single/consolidated.00.pth"));
        assertSaid("is a zip archive, expected an importance matrix from llama-imatrix: unpack it first", "stats",
                zip("imatrix.dat"));
        byte[] tar = new byte[1024];
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        assertSaid("is a tar archive, expected an importance matrix from llama-imatrix: unpack it first", "stats",
                write("imatrix.tar", tar));
        assertSaid("is a JSON file", "stats",
                write("config.json", "{\n  \"a\": 1}".getBytes(StandardCharsets.US_ASCII)));
        assertSaid("is in a format from before GGUF", "stats", write("old.bin", Arrays.copyOf(
                "tjgg".getBytes(StandardCharsets.US_ASCII), 100)));
    }

    private Path zip(String entry) throws IOException {
        Path zip = folder.resolve("imatrix.zip");
        try (OutputStream out = Files.newOutputStream(zip); ZipOutputStream entries = new ZipOutputStream(out)) {
            entries.putNextEntry(new ZipEntry(entry));
            entries.write(1);
        }
        return zip;
    }

    @Test
    void aModelInThePlaceOfAnImportanceMatrixAndTheReverse() {
        // The header alone: its data are not there, which is not what is wrong.
        assertSaid("is a model, expected an importance matrix", "stats",
                ReferenceFiles.testdata("cases/nan/model.gguf"));
        assertSaid("is an importance matrix, expected a model", "plan", CLEAN, "--base", "Q4_K_M");
    }

    @Test
    void adaptersAndVocabularies() throws IOException {
        Path adapter = new GgufBuilder().text("general.type", "adapter").text("general.architecture", "llama")
                .text("adapter.type", "lora").tensor(GgufBuilder.Tensor.of("blk.0.attn_q.weight.lora_a",
                        GgufBuilder.F32, new byte[32], List.of(8L, 1L)))
                .write(folder.resolve("adapter.gguf"));
        assertSaid("is a LoRA adapter, not an importance matrix", "stats", adapter);
        assertSaid("is a LoRA adapter, expected a model", "plan", adapter, "--base", "Q4_K_M");
        Path vocabulary = new GgufBuilder().text("general.architecture", "llama")
                .text("tokenizer.ggml.tokens", "stands for the list").write(folder.resolve("vocabulary.gguf"));
        assertSaid("is a vocabulary without a model (it has no tensors), expected a model", "plan", vocabulary,
                "--base",
                "Q4_K_M");
        assertSaid("is a vocabulary without a model", "stats", vocabulary);
    }

    @Test
    void aTypeOfOllamasOwn() throws IOException {
        Path ollama = new GgufBuilder().text("general.architecture", "gptoss").tensor(
                GgufBuilder.Tensor.of("blk.0.ffn_down_exps.weight", 4, new byte[17], List.of(32L, 1L)))
                .write(folder.resolve("ollama.gguf"));
        assertSaid("ollama gave this number to mxfp4", "plan", ollama, "--base", "Q4_K_M");
    }

    @Test
    void filesInBigEndianOrderAreReadWithAWarning() {
        CliRun stats = CliRun.of("stats", BIG_ENDIAN).succeeded();
        assertTrue(stats.err().contains("is in big-endian order, which llama.cpp refuses"), stats.err());
        assertTrue(CliRun.of("check", BIG_ENDIAN).succeeded().out().contains("big-endian\n"));
        CliRun plan = CliRun.of("plan", ReferenceFiles.testdata("cases/big-endian/model-be.gguf"), "--base", "Q4_K_M")
                .succeeded();
        assertTrue(plan.err().contains("is in big-endian order"), plan.err());
        Path converted = folder.resolve("le.gguf");
        CliRun.of("convert", BIG_ENDIAN, "-o", converted).succeeded();
        assertFalse(CliRun.of("stats", converted).succeeded().err().contains("big-endian"));
    }
}
