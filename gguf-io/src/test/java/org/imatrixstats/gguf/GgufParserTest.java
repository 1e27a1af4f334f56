package org.imatrixstats.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufBuilder.Tensor;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.tensor.TensorInfo;

class GgufParserTest {
    private static final long BEYOND_INT64 = Long.MIN_VALUE; // 2^63 as uint64
    private static final byte[] NO_DATA = {};

    @TempDir
    Path folder;

    // ---- what must load

    static Stream<Arguments> versionsAndByteOrders() {
        return Stream.of(2, 3).flatMap(version -> Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)
                .map(order -> Arguments.of(version, order)));
    }

    @ParameterizedTest
    @MethodSource("versionsAndByteOrders")
    void readsEveryTypeOfValue(int version, ByteOrder order) throws IOException {
        GgufBuilder builder = new GgufBuilder().version(version).order(order);
        builder.key("uint8", GgufBuilder.UINT8, bytes -> bytes.int8(0xfe));
        builder.key("int8", GgufBuilder.INT8, bytes -> bytes.int8(-2));
        builder.key("uint16", GgufBuilder.UINT16, bytes -> bytes.int16(0xfffe));
        builder.key("int16", GgufBuilder.INT16, bytes -> bytes.int16(-2));
        builder.key("uint32", GgufBuilder.UINT32, bytes -> bytes.int32(0xffff_fffe));
        builder.key("int32", GgufBuilder.INT32, bytes -> bytes.int32(-2));
        builder.key("uint64", GgufBuilder.UINT64, bytes -> bytes.int64(0x0123_4567_89ab_cdefL));
        builder.key("uint64 of 2^63", GgufBuilder.UINT64, bytes -> bytes.int64(BEYOND_INT64));
        builder.key("int64", GgufBuilder.INT64, bytes -> bytes.int64(-2));
        builder.key("float32", GgufBuilder.FLOAT32, bytes -> bytes.float32(0.5f));
        builder.key("float64", GgufBuilder.FLOAT64, bytes -> bytes.float64(-0.1));
        builder.key("true", GgufBuilder.BOOL, bytes -> bytes.int8(1));
        builder.key("false", GgufBuilder.BOOL, bytes -> bytes.int8(0));
        builder.text("string", "grüße");
        builder.text("empty string", "");
        builder.texts("strings", "a.txt", "", "b.txt");
        builder.array("numbers", GgufBuilder.INT16, 3, bytes -> bytes.int16(1).int16(2).int16(3));
        builder.uint32("after the array", 7);

        GgufFile file = read(builder);

        assertEquals(version, file.version());
        assertEquals(order, file.order());
        Metadata metadata = file.metadata();
        assertEquals(18, metadata.values().size());
        assertEquals("uint8", metadata.values().keySet().iterator().next());
        assertEquals(OptionalLong.of(254), metadata.integer("uint8"));
        assertEquals(OptionalLong.of(-2), metadata.integer("int8"));
        assertEquals(OptionalLong.of(65534), metadata.integer("uint16"));
        assertEquals(OptionalLong.of(-2), metadata.integer("int16"));
        assertEquals(OptionalLong.of(4294967294L), metadata.integer("uint32"));
        assertEquals(OptionalLong.of(-2), metadata.integer("int32"));
        assertEquals(OptionalLong.of(0x0123_4567_89ab_cdefL), metadata.integer("uint64"));
        assertEquals(OptionalLong.empty(), metadata.integer("uint64 of 2^63"));
        assertEquals(OptionalLong.of(-2), metadata.integer("int64"));
        assertEquals(new MetadataValue.Float(ValueType.FLOAT32, 0.5), metadata.values().get("float32"));
        assertEquals(new MetadataValue.Float(ValueType.FLOAT64, -0.1), metadata.values().get("float64"));
        assertEquals(new MetadataValue.Bool(true), metadata.values().get("true"));
        assertEquals(new MetadataValue.Bool(false), metadata.values().get("false"));
        assertEquals(Optional.of("grüße"), metadata.text("string"));
        assertEquals(Optional.of(""), metadata.text("empty string"));
        assertEquals(Optional.of(List.of("a.txt", "", "b.txt")), metadata.texts("strings"));
        assertInstanceOf(MetadataValue.Array.class, metadata.values().get("numbers"));
        assertEquals(3, ((MetadataValue.Array) metadata.values().get("numbers")).count());
        assertEquals(Optional.empty(), metadata.texts("numbers"));
        assertEquals(OptionalLong.of(7), metadata.integer("after the array"));
    }

    @ParameterizedTest
    @MethodSource("versionsAndByteOrders")
    void readsTensors(int version, ByteOrder order) throws IOException {
        GgufBuilder builder = new GgufBuilder().version(version).order(order);
        builder.tensor("b", List.of(3L), 1, 2, 3);
        builder.tensor("a", List.of(2L, 1L, 2L, 1L), 4, 5, 6, 7);
        // 64 elements of q4_0 are two blocks of 18 bytes.
        builder.tensor(Tensor.of("packed", 2, new byte[36], List.of(32L, 2L)));

        GgufFile file = read(builder);

        // Header 24; rows 33, 57 and 46 bytes: 160 in all, and 160 is a multiple of 32 already.
        TensorInfo b = new TensorInfo("b", List.of(3L), GgmlType.F32, 0, 160, 12);
        TensorInfo a = new TensorInfo("a", List.of(2L, 1L, 2L, 1L), GgmlType.F32, 0, 192, 16);
        TensorInfo packed = new TensorInfo("packed", List.of(32L, 2L), GgmlType.Q4_0, 0, 224, 36);
        assertEquals(List.of(b, a, packed), file.tensors());
        assertEquals(a, file.tensor("a"));
        assertNull(file.tensor("c"));
        assertEquals(2, a.ne0());
        assertEquals(2, a.rows());
        assertEquals(4, a.elements());
        assertArrayEquals(new float[]{4, 5, 6, 7}, floats(builder, a, order));
    }

    @Test
    void readsFileWithoutKeysAndTensors() throws IOException {
        GgufFile file = read(new GgufBuilder());
        assertTrue(file.metadata().values().isEmpty());
        assertTrue(file.tensors().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("alignments")
    void honoursTheAlignment(int alignment, long dataStart, long secondOffset) throws IOException {
        GgufFile file = read(new GgufBuilder().alignment(alignment).tensor("a", List.of(1L), 1).tensor("b",
                List.of(1L), 2));
        assertEquals(dataStart, file.tensor("a").offset());
        assertEquals(secondOffset, file.tensor("b").offset());
    }

    static Stream<Arguments> alignments() {
        // Header 24, the key with its length, type and value 33, two rows of 33: 123 bytes before the data.
        return Stream.of(Arguments.of(1, 123L, 127L), Arguments.of(8, 128L, 136L), Arguments.of(4096, 4096L, 8192L));
    }

    @ParameterizedTest
    @MethodSource("emptyShapes")
    void readsTensorWithoutElements(List<Long> dims) throws IOException {
        GgufFile file = read(new GgufBuilder().tensor(Tensor.of("none", GgufBuilder.F32, NO_DATA, dims)).tensor("next",
                List.of(1L), 5));
        TensorInfo none = file.tensor("none");
        assertEquals(0, none.bytes());
        assertEquals(0, none.elements());
        assertEquals(none.offset(), file.tensor("next").offset());
    }

    static Stream<List<Long>> emptyShapes() {
        return Stream.of(List.of(0L), List.of(4L, 0L), List.of(0L, Long.MAX_VALUE));
    }

    @Test
    void acceptsTheLongestNameAndTheLastByteOfData() throws IOException {
        String name = "n".repeat(63);
        byte[] padded = new GgufBuilder().tensor(name, List.of(1L), 1).build();
        // One float of 4 bytes, padded to 32: the padding may be missing.
        GgufFile file = read(Arrays.copyOf(padded, padded.length - 28));
        assertEquals(4, file.tensor(name).bytes());
    }

    @Test
    void acceptsALastTensorWithoutDataAndWithoutPadding() throws IOException {
        byte[] padded = new GgufBuilder().tensor("none", List.of(0L)).build();
        // The header takes 24 bytes and the row 36: the data, of which there are none, start at 64.
        GgufFile file = read(Arrays.copyOf(padded, 60));
        assertEquals(0, file.tensor("none").bytes());
    }

    /** The tokens of a model; what nobody asks for is not held. */
    @Test
    void passesOverMoreStringsThanItWouldHold() throws IOException {
        GgufFile file = read(new GgufBuilder().array("tokens", GgufBuilder.STRING, 150_000, bytes -> {
            for (int i = 0; i < 150_000; i++) {
                bytes.string("token " + i);
            }
        }).uint32("after", 7));
        assertEquals(OptionalLong.of(7), file.metadata().integer("after"));
        assertEquals(150_000, ((MetadataValue.Array) file.metadata().values().get("tokens")).count());
        FormatException e = assertThrows(FormatException.class, () -> file.metadata().texts("tokens"));
        assertTrue(e.getMessage().endsWith(": value of key 'tokens' has 150000 strings, expected at most 65536"),
                e.getMessage());
    }

    @Test
    void passesOverALongTextWhateverItsCharacters() throws IOException {
        // Of 1, 2, 3 and 4 bytes: some do not end where a window does.
        String text = "aß重😀".repeat(100_000);
        for (int shift = 0; shift < 4; shift++) {
            GgufFile file = read(new GgufBuilder().text("long", "x".repeat(shift) + text).uint32("after", 7));
            assertEquals(new MetadataValue.LongText(1_000_000 + shift, 0x28), file.metadata().values().get("long"));
            assertEquals(Optional.empty(), file.metadata().text("long"));
            assertEquals(OptionalLong.of(7), file.metadata().integer("after"));
        }
    }

    @Test
    void rejectsALongTextThatIsNotUtf8() throws IOException {
        for (int at : new int[]{0, 8191, 8192, 99_998, 99_999}) {
            byte[] text = new byte[100_000];
            text[at] = (byte) 0xf0;
            assertRejected(new GgufBuilder().key("k", GgufBuilder.STRING, bytes -> bytes.int64(text.length).raw(text))
                    .build(), "offset 0x2d: value of key 'k' is not valid UTF-8");
        }
    }

    @Test
    void rejectsAStringOfAnArrayThatIsNotUtf8() throws IOException {
        assertRejected(new GgufBuilder()
                .array("k", GgufBuilder.STRING, 2, bytes -> bytes.string("").int64(2).int8(0xc3).int8('(')).build(),
                "offset 0x41: string in value of key 'k' is not valid UTF-8");
    }

    @Test
    void rejectsMoreTextThanAnyFileHas() throws IOException {
        GgufBuilder builder = new GgufBuilder();
        for (int i = 0; i < 130; i++) {
            builder.text("key " + i, "x".repeat(65_536));
        }
        assertTrue(refusal(builder.build())
                .endsWith(
                        "has 65536 bytes, which makes more than the 8388608 bytes of names and texts that a file may have"));
    }

    @Test
    void rejectsMoreTensorsAndKeysThanAnyFileHas() throws IOException {
        GgufBuilder large = new GgufBuilder().rawKey(bytes -> bytes.raw(new byte[3_000_000]));
        assertRejected(large.tensorCount(65_537).keyCount(0).build(),
                "offset 0x8: n_tensors is 65537, expected at most 65536");
        assertRejected(large.tensorCount(0).keyCount(65_537).build(),
                "offset 0x10: n_kv is 65537, expected at most 65536");
    }

    @Test
    void tellsGgufByItsMagic() throws IOException {
        assertTrue(isGguf("GGUF".getBytes()));
        assertFalse(isGguf("GGU".getBytes()));
        assertFalse(isGguf("gguf1234".getBytes()));
        assertFalse(isGguf(NO_DATA));
    }

    // ---- what must be refused

    @ParameterizedTest
    @MethodSource({"damagedHeaders", "damagedKeys", "damagedAlignments", "damagedTensors", "damagedOffsets"})
    void rejects(GgufBuilder builder, String message) throws IOException {
        assertRejected(builder.build(), message);
    }

    static Stream<Arguments> damagedHeaders() {
        return Stream.of(
                damaged("bad magic", gguf -> gguf.magic("GGML"), "offset 0x0: the magic 'GGUF' is missing"),
                damaged("version 0", gguf -> gguf.version(0),
                        "offset 0x4: GGUF version 0, only 2 and 3 can be read"),
                damaged("version 1", gguf -> gguf.version(1),
                        "offset 0x4: GGUF version 1, only 2 and 3 can be read"),
                damaged("version 4", gguf -> gguf.version(4),
                        "offset 0x4: GGUF version 4, only 2 and 3 can be read"),
                damaged("version -1", gguf -> gguf.version(-1),
                        "offset 0x4: GGUF version 4294967295, only 2 and 3 can be read"),
                damaged("version 1 of the other byte order", gguf -> gguf.version(0x0100_0000),
                        "offset 0x4: GGUF version 1, only 2 and 3 can be read"),
                // 24 bytes of header, of which 16 are read: 8 remain.
                damaged("n_tensors of 2^63", gguf -> gguf.tensorCount(BEYOND_INT64),
                        "offset 0x8: n_tensors is 9223372036854775808, but only 8 bytes remain"),
                damaged("n_tensors of -1", gguf -> gguf.tensorCount(-1),
                        "offset 0x8: n_tensors is 18446744073709551615, but only 8 bytes remain"),
                damaged("one tensor announced, none there", gguf -> gguf.tensorCount(1),
                        "offset 0x8: n_tensors is 1, but only 8 bytes remain"),
                damaged("n_kv of 2^63", gguf -> gguf.keyCount(BEYOND_INT64),
                        "offset 0x10: n_kv is 9223372036854775808, but only 0 bytes remain"),
                damaged("n_kv of -1", gguf -> gguf.keyCount(-1),
                        "offset 0x10: n_kv is 18446744073709551615, but only 0 bytes remain"),
                damaged("one key announced, none there", gguf -> gguf.keyCount(1),
                        "offset 0x10: n_kv is 1, but only 0 bytes remain"));
    }

    static Stream<Arguments> damagedKeys() {
        // The first key stands at 0x18, its text at 0x20; a key of one letter has its type at 0x21, its value at 0x25.
        return Stream.of(
                damaged("key longer than the file", gguf -> gguf.rawKey(b -> b.int64(1000).ascii("abcdef")),
                        "offset 0x20: key 0 needs 1000 bytes, 6 remain"),
                damaged("key longer than memory", gguf -> gguf.rawKey(b -> b.int64(1L << 40).ascii("abcdef")),
                        "offset 0x20: key 0 needs 1099511627776 bytes, 6 remain"),
                damaged("key of negative length", gguf -> gguf.rawKey(b -> b.int64(-1).ascii("abcdef")),
                        "offset 0x20: key 0 needs 18446744073709551615 bytes, 6 remain"),
                damaged("empty key", gguf -> gguf.uint32("", 1).uint32("b", 2),
                        "offset 0x18: key 0 has 0 characters, expected 1 to 65535"),
                damaged("endless key", gguf -> gguf.uint32("k".repeat(65536), 1),
                        "offset 0x18: key 0 has 65536 characters, expected 1 to 65535"),
                damaged("key that is not UTF-8", gguf -> gguf.rawKey(b -> b.int64(1).int8(0xff).int32(0).int8(0)),
                        "offset 0x20: key 0 is not valid UTF-8"),
                damaged("unknown value type", gguf -> gguf.key("k", 13, b -> b.int8(0)),
                        "offset 0x21: value of key 'k' has the unknown type 13"),
                damaged("value type of -1", gguf -> gguf.key("k", -1, b -> b.int8(0)),
                        "offset 0x21: value of key 'k' has the unknown type 4294967295"),
                damaged("value cut off", gguf -> gguf.key("k", GgufBuilder.UINT64, b -> b.int32(1)),
                        "offset 0x25: value of key 'k' needs 8 bytes, 4 remain"),
                damaged("string longer than the file",
                        gguf -> gguf.key("k", GgufBuilder.STRING, b -> b.int64(10).ascii("abc")),
                        "offset 0x2d: value of key 'k' needs 10 bytes, 3 remain"),
                damaged("string of negative length",
                        gguf -> gguf.key("k", GgufBuilder.STRING, b -> b.int64(BEYOND_INT64).ascii("abc")),
                        "offset 0x2d: value of key 'k' needs 9223372036854775808 bytes, 3 remain"),
                // The second key follows the first one of 8 + 1 + 4 + 4 bytes.
                damaged("the same key twice", gguf -> gguf.uint32("k", 1).uint32("k", 1),
                        "offset 0x29: key 'k' is there twice"),
                damaged("array of arrays", gguf -> gguf.array("k", GgufBuilder.ARRAY, 0, _ -> {
                }), "offset 0x25: value of key 'k' is an array of arrays, which GGUF does not have"),
                damaged("array of unknown type", gguf -> gguf.array("k", 13, 0, _ -> {
                }), "offset 0x25: value of key 'k' has the unknown type 13"),
                damaged("array that is too long", gguf -> gguf.array("k", GgufBuilder.UINT16, 3, b -> b.int32(0)),
                        "offset 0x29: array length of value of key 'k' is 3, but only 4 bytes remain"),
                // 2^61 values of 8 bytes are 2^64 bytes, which is 0 in 64 bits.
                damaged("array whose size overflows",
                        gguf -> gguf.array("k", GgufBuilder.UINT64, 1L << 61, b -> b.int64(0)),
                        "offset 0x29: array length of value of key 'k' is 2305843009213693952, but only 8 bytes remain"),
                damaged("array of negative length", gguf -> gguf.array("k", GgufBuilder.UINT8, -1, b -> b.int64(0)),
                        "offset 0x29: array length of value of key 'k' is 18446744073709551615, but only 8 bytes remain"),
                damaged("array of 2^60 strings",
                        gguf -> gguf.array("k", GgufBuilder.STRING, 1L << 60, b -> b.string("abc")),
                        "offset 0x29: array length of value of key 'k' is 1152921504606846976, "
                                + "but only 11 bytes remain"),
                damaged("string in an array longer than the file",
                        gguf -> gguf.array("k", GgufBuilder.STRING, 2, b -> b.string("").int64(9)),
                        "offset 0x41: string in value of key 'k' needs 9 bytes, 0 remain"));
    }

    static Stream<Arguments> damagedAlignments() {
        String key = "general.alignment";
        return Stream.of(
                damaged("alignment 0", gguf -> gguf.uint32(key, 0),
                        "offset 0x18: general.alignment is 0, expected a power of two"),
                damaged("alignment 13", gguf -> gguf.uint32(key, 13),
                        "offset 0x18: general.alignment is 13, expected a power of two"),
                damaged("alignment -1", gguf -> gguf.uint32(key, -1),
                        "offset 0x18: general.alignment is 4294967295, expected a power of two"),
                damaged("alignment as uint64", gguf -> gguf.key(key, GgufBuilder.UINT64, b -> b.int64(32)),
                        "offset 0x18: general.alignment is of type UINT64, expected UINT32"),
                damaged("alignment as string", gguf -> gguf.text(key, "32"),
                        "offset 0x18: general.alignment is of type STRING, expected UINT32"));
    }

    static Stream<Arguments> damagedTensors() {
        Tensor sound = f32("t", 1);
        return Stream.of(
                damagedTensor("empty name", sound.withNameLength(0),
                        "offset 0x18: name of tensor 0 has 0 bytes, expected 1 to 63"),
                damagedTensor("name of 64 bytes", f32("n".repeat(64), 1),
                        "offset 0x18: name of tensor 0 has 64 bytes, expected 1 to 63"),
                damagedTensor("name of negative length", sound.withNameLength(-1),
                        "offset 0x18: name of tensor 0 has 18446744073709551615 bytes, expected 1 to 63"),
                damagedTensor("no dimensions", sound.withDimCount(0),
                        "offset 0x18, tensor 't': 0 dimensions, expected 1 to 4"),
                damagedTensor("5 dimensions", f32("t", 1, 1, 1, 1, 1),
                        "offset 0x18, tensor 't': 5 dimensions, expected 1 to 4"),
                damagedTensor("10^6 dimensions", sound.withDimCount(1_000_000),
                        "offset 0x18, tensor 't': 1000000 dimensions, expected 1 to 4"),
                damagedTensor("2^32 - 1 dimensions", sound.withDimCount(-1),
                        "offset 0x18, tensor 't': 4294967295 dimensions, expected 1 to 4"),
                damagedTensor("negative dimension", f32("t", 1, -1),
                        "offset 0x18, tensor 't': dimension 1 is 18446744073709551615, beyond 2^63"),
                // 2^32 · 2^32 is 2^64, which is 0 in 64 bits; likewise 2^61 floats of 4 bytes are 2^63 bytes.
                damagedTensor("product that overflows to 0", f32("t", 1L << 32, 1L << 32),
                        "offset 0x18, tensor 't': the product of its dimensions [4294967296, 4294967296] "
                                + "does not fit 63 bits"),
                damagedTensor("bytes that overflow", f32("t", 1L << 61),
                        "offset 0x18, tensor 't': the product of its dimensions [2305843009213693952] "
                                + "does not fit 63 bits"),
                damagedTensor("empty rows, more than can be counted", f32("t", 0, 1L << 32, 1L << 32),
                        "offset 0x18, tensor 't': the product of its dimensions [0, 4294967296, 4294967296] "
                                + "does not fit 63 bits"),
                damagedTensor("no rows, of more than can be counted", f32("t", 1L << 32, 1L << 32, 0),
                        "offset 0x18, tensor 't': the product of its dimensions [4294967296, 4294967296, 0] "
                                + "does not fit 63 bits"),
                // 31 elements of q4_0 (type 2), whose blocks have 32.
                damagedTensor("part of a block", Tensor.of("t", 2, NO_DATA, List.of(31L, 32L)),
                        "offset 0x18, tensor 't': rows of 31 elements are not whole blocks of 32 (q4_0)"),
                damaged("the same name twice", gguf -> gguf.tensor(sound).tensor(sound),
                        "offset 0x39, tensor 't': is there twice"));
    }

    @ParameterizedTest
    @MethodSource("typesThatAreNot")
    void rejectsUnknownAndRemovedTensorTypes(int type) throws IOException {
        assertRejected(new GgufBuilder().tensor(Tensor.of("t", type, new byte[4], List.of(256L))).build(),
                "offset 0x18, tensor 't': unknown or removed tensor type " + Integer.toUnsignedString(type)
                        + (type == 4
                                ? ": ollama gave this number to mxfp4, and llama.cpp does not read it; fetch a GGUF of"
                                        + " llama.cpp"
                                : ""));
    }

    static Stream<Integer> typesThatAreNot() {
        return Stream.of(4, 5, 37, 38, 43, 1000, Integer.MAX_VALUE, -1);
    }

    static Stream<Arguments> damagedOffsets() {
        // Rows of 33 bytes: "a" stands at 0x18, "b" at 0x39. Two of them end at 90, so the data start at 96 = 0x60.
        Tensor a = f32("a", 1);
        Tensor b = f32("b", 1);
        String expected0 = ", expected 0 (tensors follow each other, aligned to 32 bytes)";
        String expected32 = ", expected 32 (tensors follow each other, aligned to 32 bytes)";
        return Stream.of(
                damaged("offset not aligned", gguf -> gguf.tensor(a).tensor(b.withOffset(4)),
                        "offset 0x39, tensor 'b': data offset 4" + expected32),
                damaged("first offset not 0", gguf -> gguf.tensor(a.withOffset(32)),
                        "offset 0x18, tensor 'a': data offset 32" + expected0),
                damaged("out of order", gguf -> gguf.tensor(a.withOffset(32)).tensor(b.withOffset(0)),
                        "offset 0x18, tensor 'a': data offset 32" + expected0),
                damaged("overlapping", gguf -> gguf.tensor(a).tensor(b.withOffset(0)),
                        "offset 0x39, tensor 'b': data offset 0" + expected32),
                damaged("a gap", gguf -> gguf.tensor(a).tensor(b.withOffset(64)),
                        "offset 0x39, tensor 'b': data offset 64" + expected32),
                damaged("past the end", gguf -> gguf.tensor(a).tensor(b.withOffset(1L << 40)),
                        "offset 0x39, tensor 'b': data offset 1099511627776" + expected32),
                damaged("negative", gguf -> gguf.tensor(a).tensor(b.withOffset(-32)),
                        "offset 0x39, tensor 'b': data offset 18446744073709551584" + expected32),
                // One row: the data start at 64 = 0x40. 9 floats end at 100 = 0x64; 32 bytes of data end at 96 = 0x60.
                damagedTensor("data longer than the file",
                        Tensor.of("t", GgufBuilder.F32, new byte[32], List.of(9L)),
                        "offset 0x18, tensor 't': data end at offset 0x64, but the file has 0x60 bytes: is it cut short? Fetch it again"),
                // 2^60 floats are 2^62 bytes.
                damagedTensor("data longer than any file", Tensor.of("t", GgufBuilder.F32, NO_DATA, List.of(1L << 60)),
                        "offset 0x18, tensor 't': data end at offset 0x4000000000000040, but the file has 0x40 bytes: is it cut short? Fetch it again"));
    }

    @Test
    void rejectsEmptyFileAndOneByte() throws IOException {
        assertRejected(NO_DATA, "offset 0x0: the magic 'GGUF' is missing");
        assertRejected(new byte[]{'G'}, "offset 0x0: the magic 'GGUF' is missing");
    }

    @Test
    void rejectsDataOneByteShort() throws IOException {
        byte[] padded = new GgufBuilder().tensor("t", List.of(8L), 1, 2, 3, 4, 5, 6, 7, 8).build();
        // The data start at 64 and take 32 bytes, so that there is no padding.
        assertRejected(Arrays.copyOf(padded, padded.length - 1),
                "offset 0x18, tensor 't': data end at offset 0x60, but the file has 0x5f bytes: is it cut short? Fetch it again");
    }

    @Test
    void rejectsKeyLongerThanAGibibyteThatIsThere() throws IOException {
        Path path = new GgufBuilder().rawKey(bytes -> bytes.int64((1L << 30) + 1)).keyCount(1)
                .write(folder.resolve("sparse.gguf"));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 1L << 31);
        }
        assertRejected(path,
                "offset 0x20: key 0 has 1073741825 bytes, which makes more than the 8388608 bytes of names and texts "
                        + "that a file may have");
    }

    // ---- helpers

    private static Arguments damaged(String what, Consumer<GgufBuilder> damage, String message) {
        GgufBuilder builder = new GgufBuilder();
        damage.accept(builder);
        return argumentSet(what, builder, message);
    }

    private static Arguments damagedTensor(String what, Tensor tensor, String message) {
        return damaged(what, builder -> builder.tensor(tensor), message);
    }

    private static Tensor f32(String name, long... dims) {
        return Tensor.of(name, GgufBuilder.F32, new byte[4], Arrays.stream(dims).boxed().toList());
    }

    private GgufFile read(GgufBuilder builder) throws IOException {
        return read(builder.build());
    }

    /** The header; the file is closed again. */
    private GgufFile read(byte[] content) throws IOException {
        try (MappedFile file = MappedFile.open(write(content))) {
            return GgufFile.read(file);
        }
    }

    private float[] floats(GgufBuilder builder, TensorInfo tensor, ByteOrder order) throws IOException {
        try (MappedFile file = MappedFile.open(write(builder.build()))) {
            float[] values = new float[(int) tensor.elements()];
            file.copy(tensor.offset(), order, values, 0, values.length);
            return values;
        }
    }

    private boolean isGguf(byte[] content) throws IOException {
        try (MappedFile file = MappedFile.open(write(content))) {
            return GgufFile.isGguf(file);
        }
    }

    private void assertRejected(byte[] content, String message) throws IOException {
        assertRejected(write(content), message);
    }

    private String refusal(byte[] content) throws IOException {
        try (MappedFile file = MappedFile.open(write(content))) {
            return assertThrows(FormatException.class, () -> GgufFile.read(file)).getMessage();
        }
    }

    private void assertRejected(Path path, String message) throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            FormatException e = assertThrows(FormatException.class, () -> GgufFile.read(file));
            assertEquals(path + ": " + message, e.getMessage());
        }
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("test.gguf"), content);
    }
}
