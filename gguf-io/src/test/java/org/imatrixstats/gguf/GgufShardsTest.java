package org.imatrixstats.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;

class GgufShardsTest {
    private static final Path HEADER_ONLY = Path.of("../testdata/models/tiny-english-f16.header.gguf");
    private static final Path REAL_HEADERS = Path.of("../../shared/reference/quantize/models");
    private static final int IQ2_KS = 145;

    @TempDir
    Path folder;

    private GgufBuilder part(int number, int count) {
        return new GgufBuilder().uint32("split.no", number).uint32("split.count", count);
    }

    private Path write(GgufBuilder part, String name) throws IOException {
        return part.write(folder.resolve(name));
    }

    private static String messageOf(Path path) {
        return assertThrows(FormatException.class, () -> GgufShards.open(path)).getMessage();
    }

    // ---- headers

    @Test
    void readsAFileThatWasCutOffAfterItsHeader() throws IOException {
        GgufShards model = GgufShards.open(HEADER_ONLY);
        // Two embeddings, a final norm, and of 8 layers 7 matrices and 2 norms each.
        assertEquals(3 + 8 * 9, model.tensors().size());
        assertEquals(List.of(768L, 256L), model.tensors().get("blk.7.ffn_down.weight").dims());
        assertEquals("llama", model.metadata().text("general.architecture").orElseThrow());
        assertEquals(HEADER_ONLY, model.path());
    }

    @Test
    void demandsTheDataOfTheSameFileWhenItIsToBeReadWhole() throws IOException {
        try (MappedFile file = MappedFile.open(HEADER_ONLY)) {
            assertThrows(FormatException.class, () -> GgufFile.read(file));
        }
    }

    @Test
    void readsTheHeadersOfRealModels() throws IOException {
        assumeTrue(Files.isDirectory(REAL_HEADERS), "no headers of real models: " + REAL_HEADERS + " is absent");
        try (Stream<Path> files = Files.list(REAL_HEADERS)) {
            List<Path> models = files.filter(file -> file.toString().endsWith(".gguf")).toList();
            assertEquals(8, models.size());
            for (Path model : models) {
                assertTrue(GgufShards.open(model).tensors().containsKey("token_embd.weight"), model.toString());
            }
        }
    }

    @Test
    void readsTypesOfIkLlamaCppWithTheirBytesPerRow() throws IOException {
        // 2 rows of one block (70 bytes) and a scale (2 bytes).
        byte[] data = new byte[2 * 72];
        Path path = write(new GgufBuilder().tensor(GgufBuilder.Tensor.of("a", IQ2_KS, data, List.of(256L, 2L)))
                .tensor("b", List.of(1L), 1f), "ik.gguf");
        GgufShards model = GgufShards.open(path);
        assertEquals(GgmlType.IQ2_KS, model.tensors().get("a").type());
        assertEquals(144, model.tensors().get("a").bytes());
    }

    @Test
    void rejectsTheEndOfDataBeyond63Bits() throws IOException {
        List<Long> quarter = List.of(1L << 60);
        GgufBuilder builder = new GgufBuilder();
        for (int i = 0; i < 2; i++) {
            builder.tensor(new GgufBuilder.Tensor("t" + i, OptionalLong.empty(),
                    OptionalLong.empty(), quarter, GgufBuilder.F32,
                    OptionalLong.of(i * (1L << 62)), new byte[0]));
        }
        assertTrue(messageOf(write(builder, "huge.gguf")).contains("would end beyond 2^63"));
    }

    // ---- split models

    @ParameterizedTest
    @ValueSource(strings = {"m-00001-of-00002.gguf", "m-00002-of-00002.gguf"})
    void putsThePartsOfASplitModelTogetherWhicheverIsNamed(String named) throws IOException {
        write(part(0, 2).text("general.architecture", "llama").tensor("a", List.of(2L), 1f, 2f),
                "m-00001-of-00002.gguf");
        write(part(1, 2).tensor("b", List.of(1L), 3f), "m-00002-of-00002.gguf");
        GgufShards model = GgufShards.open(folder.resolve(named));
        assertEquals(List.of("a", "b"), List.copyOf(model.tensors().keySet()));
        assertEquals("llama", model.metadata().text("general.architecture").orElseThrow());
    }

    @Test
    void namesThePartThatIsMissing() throws IOException {
        Path first = write(part(0, 2), "m-00001-of-00002.gguf");
        assertEquals(folder.resolve("m-00002-of-00002.gguf") + ": no such file", messageOf(first));
    }

    @Test
    void rejectsAPartInThePlaceOfAnother() throws IOException {
        Path first = write(part(0, 2), "m-00001-of-00002.gguf");
        write(part(0, 2), "m-00002-of-00002.gguf");
        assertEquals(folder.resolve("m-00002-of-00002.gguf") + ": split.no is 0, expected 1", messageOf(first));
    }

    @Test
    void rejectsAPartThatDoesNotSayWhichItIs() throws IOException {
        Path first = write(part(0, 2), "m-00001-of-00002.gguf");
        write(new GgufBuilder(), "m-00002-of-00002.gguf");
        assertEquals(folder.resolve("m-00002-of-00002.gguf") + ": split.no is missing, expected 1", messageOf(first));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.gguf", "m-00001-of-00003.gguf"})
    void rejectsAPartWhoseNameDoesNotLeadToTheOthers(String name) throws IOException {
        assertTrue(messageOf(write(part(0, 2), name)).contains("expected a name like NAME-00001-of-00002.gguf"));
    }

    @Test
    void rejectsATensorThatTwoPartsHold() throws IOException {
        Path first = write(part(0, 2).tensor("a", List.of(1L), 1f), "m-00001-of-00002.gguf");
        Path second = write(part(1, 2).tensor("a", List.of(1L), 1f), "m-00002-of-00002.gguf");
        assertEquals(second + ": tensor 'a': is in an earlier part too", messageOf(first));
    }

    @Test
    void readsHeadersPackedWithGzipToo() throws IOException {
        Path packed = folder.resolve("header.gguf.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(HEADER_ONLY, out);
        }
        assertEquals(GgufShards.open(HEADER_ONLY).tensors(), GgufShards.open(packed).tensors());
    }

    @Test
    void rejectsAHeaderThatIsCutOffItself() throws IOException {
        Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(Files.readAllBytes(HEADER_ONLY), 13_000));
        assertThrows(FormatException.class, () -> GgufShards.open(cut));
    }
}
