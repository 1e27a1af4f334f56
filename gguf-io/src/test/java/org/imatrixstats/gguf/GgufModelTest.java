package org.imatrixstats.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.tensor.TensorInfo;

class GgufModelTest {
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
        return assertThrows(FormatException.class, () -> GgufModel.open(path)).getMessage();
    }

    // ---- headers

    @Test
    void readsAFileThatWasCutOffAfterItsHeader() throws IOException {
        GgufModel model = GgufModel.open(HEADER_ONLY);
        // Two embeddings, a final norm, and of 8 layers 7 matrices and 2 norms each.
        assertEquals(3 + 8 * 9, model.tensors().size());
        assertEquals(List.of(768L, 256L), model.tensor("blk.7.ffn_down.weight").dims());
        assertEquals("llama", model.metadata().text("general.architecture").orElseThrow());
        assertEquals(HEADER_ONLY.toString(), model.name());
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
                assertTrue(GgufModel.open(model).tensor("token_embd.weight") != null, model.toString());
            }
        }
    }

    @Test
    void readsTypesOfIkLlamaCppWithTheirBytesPerRow() throws IOException {
        // 2 rows of one block (70 bytes) and a scale (2 bytes).
        byte[] data = new byte[2 * 72];
        Path path = write(new GgufBuilder().tensor(GgufBuilder.Tensor.of("a", IQ2_KS, data, List.of(256L, 2L)))
                .tensor("b", List.of(1L), 1f), "ik.gguf");
        GgufModel model = GgufModel.open(path);
        assertEquals(GgmlType.IQ2_KS, model.tensor("a").type());
        assertEquals(144, model.tensor("a").bytes());
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
        GgufModel model = GgufModel.open(folder.resolve(named));
        assertEquals(List.of("a", "b"), model.tensors().stream().map(TensorInfo::name).toList());
        assertEquals("llama", model.metadata().text("general.architecture").orElseThrow());
    }

    @Test
    void namesThePartThatIsMissing() throws IOException {
        Path first = write(part(0, 2), "m-00001-of-00002.gguf");
        assertEquals(folder.resolve("m-00002-of-00002.gguf") + ": no such file: part 2 of 2 of the model is missing",
                messageOf(first));
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

    /** Tools that join the parts of a model may leave the keys of the first. */
    @Test
    void readsAFileThatHoldsAllTensorsThoughItSaysToBeAPart() throws IOException {
        Path joined = write(part(0, 3).uint32("split.tensors.count", 2).tensor("a", List.of(1L), 1f).tensor("b",
                List.of(1L), 2f), "joined.gguf");
        try (GgufModel model = GgufModel.open(joined)) {
            assertEquals(2, model.tensors().size());
            assertEquals(1, model.parts().size());
            assertTrue(model.warnings().getFirst().startsWith("split.count is 3, but the file holds all 2 tensors"));
        }
        Path part = write(part(0, 3).uint32("split.tensors.count", 3).tensor("a", List.of(1L), 1f), "part.gguf");
        assertTrue(messageOf(part).contains("is a part of a model in 3 files"));
    }

    @Test
    void rejectsATensorThatTwoPartsHold() throws IOException {
        Path first = write(part(0, 2).tensor("a", List.of(1L), 1f), "m-00001-of-00002.gguf");
        Path second = write(part(1, 2).tensor("a", List.of(1L), 1f), "m-00002-of-00002.gguf");
        assertEquals(second + ": tensor 'a': is in an earlier part too", messageOf(first));
    }

    @Test
    void rejectsAHeaderThatIsCutOffItself() throws IOException {
        Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(Files.readAllBytes(HEADER_ONLY), 13_000));
        assertThrows(FormatException.class, () -> GgufModel.open(cut));
    }

    // ---- values

    private static float[] rows(GgufModel model, String name, long first, int rows) throws FormatException {
        TensorInfo tensor = model.tensor(name);
        float[] values = new float[1 + rows * (int) tensor.ne0()];
        model.readRows(tensor, first, rows, values, 1);
        return Arrays.copyOfRange(values, 1, values.length);
    }

    @Test
    void readsRowsOfEveryPart() throws IOException {
        write(part(0, 2).tensor("a", List.of(2L, 3L), 1, 2, 3, 4, 5, 6), "m-00001-of-00002.gguf");
        Path second = write(part(1, 2).tensor("b", List.of(2L, 1L, 2L), 7, 8, 9, 10), "m-00002-of-00002.gguf");
        try (GgufModel model = GgufModel.open(second)) {
            assertArrayEquals(new float[]{3, 4, 5, 6}, rows(model, "a", 1, 2));
            assertArrayEquals(new float[]{9, 10}, rows(model, "b", 1, 1), "row 0 of the second matrix");
        }
    }

    /** 1, -2 and 0.333 in half precision and as bfloat16, by the bits that IEEE 754 gives them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsHalfPrecisionInBothByteOrders(boolean bigEndian) throws IOException {
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        byte[] half = new GgufBuilder.Bytes(order).int16(0x3c00).int16(0xc000).int16(0x3554).toArray();
        byte[] brain = new GgufBuilder.Bytes(order).int16(0x3f80).int16(0xc000).int16(0x3eaa).toArray();
        Path path = write(new GgufBuilder().order(order)
                .tensor(GgufBuilder.Tensor.of("f16", GgmlType.F16.id(), half, List.of(1L, 3L)))
                .tensor(GgufBuilder.Tensor.of("bf16", GgmlType.BF16.id(), brain, List.of(3L))), "half.gguf");
        try (GgufModel model = GgufModel.open(path)) {
            assertArrayEquals(new float[]{-2, 0.33300781f}, rows(model, "f16", 1, 2));
            assertArrayEquals(new float[]{1, -2, 0.33203125f}, rows(model, "bf16", 0, 1));
        }
    }

    /** A block of q8_0 is a scale in half precision and 32 signed bytes: here 0.5 and 1 to 32, then 1 and -1 to -32. */
    @Test
    void decodesQuantizedRows() throws IOException {
        GgufBuilder.Bytes blocks = new GgufBuilder.Bytes(ByteOrder.LITTLE_ENDIAN);
        blocks.int16(0x3800);
        IntStream.rangeClosed(1, 32).forEach(blocks::int8);
        blocks.int16(0x3c00);
        IntStream.rangeClosed(1, 32).forEach(i -> blocks.int8(-i));
        Path path = write(new GgufBuilder()
                .tensor(GgufBuilder.Tensor.of("q", GgmlType.Q8_0.id(), blocks.toArray(), List.of(32L, 2L))), "q.gguf");
        try (GgufModel model = GgufModel.open(path)) {
            float[] both = rows(model, "q", 0, 2);
            assertEquals(0.5f, both[0]);
            assertEquals(16f, both[31]);
            assertArrayEquals(Arrays.copyOfRange(both, 32, 64), rows(model, "q", 1, 1));
            assertEquals(-32f, both[63]);
        }
    }

    @Test
    void namesTheTensorWhoseDataAreMissing() throws IOException {
        try (GgufModel model = GgufModel.open(HEADER_ONLY)) {
            String message = assertThrows(FormatException.class, () -> rows(model, "token_embd.weight", 0, 1))
                    .getMessage();
            assertTrue(message.startsWith(HEADER_ONLY + ": tensor 'token_embd.weight': data end at offset 0x"),
                    message);
        }
    }
}
