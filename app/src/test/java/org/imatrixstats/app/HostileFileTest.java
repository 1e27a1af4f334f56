package org.imatrixstats.app;

import static org.imatrixstats.imatrix.GgufImatrixBuilder.dims;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.gguf.GgufBuilder.Tensor;
import org.imatrixstats.gguf.GgufBuilder;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged files from the command line: each sort of damage there is, with what the user is told. One line on standard
 * error, exit code 1, nothing on standard output, nothing written. And odd files that are right.
 */
class HostileFileTest {
    private static final Path SOUND = ReferenceFiles.testdata("dense-prose.gguf");
    private static final String NAME = "blk.0.attn_q.weight";
    private static final String FIRST_TENSOR = "offset 0x18, tensor 't': ";

    @TempDir
    private Path folder;

    // ---- damage

    static Stream<Arguments> damagedContainers() {
        return Stream.of(
                bytes("empty file", new byte[0], "offset 0x0: the file is empty, expected an importance matrix"),
                bytes("one byte", new byte[1], "offset 0x0: n_entries needs 4 bytes, 1 remain"),
                bytes("text", "not an imatrix at all".getBytes(StandardCharsets.US_ASCII),
                        "offset 0x0: neither the magic 'GGUF' nor a legacy importance matrix: n_entries would be 544501614"
                                + " in a file of 21 bytes"),
                gguf("bad magic", gguf -> gguf.magic("GGUG"),
                        "offset 0x0: neither the magic 'GGUF' nor a legacy importance matrix: n_entries would be 1196771143"
                                + " in a file of 24 bytes"),
                gguf("version 0", gguf -> gguf.version(0), "offset 0x4: GGUF version 0, only 2 and 3 can be read"),
                gguf("version 1", gguf -> gguf.version(1), "offset 0x4: GGUF version 1, only 2 and 3 can be read"),
                gguf("version 4", gguf -> gguf.version(4), "offset 0x4: GGUF version 4, only 2 and 3 can be read"),
                gguf("version 3 of the other byte order, all else not", gguf -> gguf.version(3 << 24).tensorCount(1),
                        "offset 0x8: n_tensors is 72057594037927936, but only 8 bytes remain"),
                gguf("n_tensors 2^63", gguf -> gguf.tensorCount(Long.MIN_VALUE),
                        "offset 0x8: n_tensors is 9223372036854775808, but only 8 bytes remain"),
                gguf("n_kv -1", gguf -> gguf.keyCount(-1),
                        "offset 0x10: n_kv is 18446744073709551615, but only 0 bytes remain"));
    }

    static Stream<Arguments> damagedKeys() {
        return Stream.of(
                gguf("key longer than the file", gguf -> gguf.rawKey(b -> b.int64(1000).ascii("abcdef")),
                        "offset 0x20: key 0 needs 1000 bytes, 6 remain"),
                gguf("key of negative length", gguf -> gguf.rawKey(b -> b.int64(-1).ascii("abcdef")),
                        "offset 0x20: key 0 needs 18446744073709551615 bytes, 6 remain"),
                gguf("empty key", gguf -> gguf.uint32("", 1),
                        "offset 0x18: key 0 has 0 characters, expected 1 to 65535"),
                gguf("string longer than a gibibyte",
                        gguf -> gguf.key("k", GgufBuilder.STRING, b -> b.int64(1L << 31).ascii("abc")),
                        "offset 0x2d: value of key 'k' needs 2147483648 bytes, 3 remain"),
                gguf("unknown value type", gguf -> gguf.key("k", 13, b -> b.int8(0)),
                        "offset 0x21: value of key 'k' has the unknown type 13"),
                gguf("array of arrays", gguf -> gguf.array("k", GgufBuilder.ARRAY, 1, b -> b.int32(0).int64(0)),
                        "offset 0x25: value of key 'k' is an array of arrays, which GGUF does not have"),
                gguf("array whose size overflows",
                        gguf -> gguf.array("k", GgufBuilder.UINT64, 1L << 61, b -> b.int64(0)),
                        "offset 0x29: array length of value of key 'k' is 2305843009213693952, but only 8 bytes remain"),
                gguf("duplicate key", gguf -> gguf.uint32("k", 1).uint32("k", 1),
                        "offset 0x29: key 'k' is there twice"),
                gguf("alignment 0", gguf -> gguf.uint32("general.alignment", 0),
                        "offset 0x18: general.alignment is 0, expected a power of two"),
                gguf("alignment 13", gguf -> gguf.uint32("general.alignment", 13),
                        "offset 0x18: general.alignment is 13, expected a power of two"),
                gguf("alignment of a wrong type", gguf -> gguf.text("general.alignment", "32"),
                        "offset 0x18: general.alignment is of type STRING, expected UINT32"));
    }

    static Stream<Arguments> damagedTensors() {
        Tensor sound = Tensor.of("t", GgufBuilder.F32, new byte[4], List.of(1L));
        return Stream.of(
                gguf("duplicate tensor", gguf -> gguf.tensor(sound).tensor(sound),
                        "offset 0x39, tensor 't': is there twice"),
                tensor("name of 64 bytes", Tensor.of("n".repeat(64), GgufBuilder.F32, new byte[4], List.of(1L)),
                        "offset 0x18: name of tensor 0 has 64 bytes, expected 1 to 63"),
                tensor("no dimensions", sound.withDimCount(0), FIRST_TENSOR + "0 dimensions, expected 1 to 4"),
                tensor("5 dimensions", shaped(GgufBuilder.F32, 1, 1, 1, 1, 1),
                        FIRST_TENSOR + "5 dimensions, expected 1 to 4"),
                tensor("10^6 dimensions", sound.withDimCount(1_000_000),
                        FIRST_TENSOR + "1000000 dimensions, expected 1 to 4"),
                tensor("negative dimension", shaped(GgufBuilder.F32, 1, -1),
                        FIRST_TENSOR + "dimension 1 is 18446744073709551615, beyond 2^63"),
                tensor("dimensions whose product overflows", shaped(GgufBuilder.F32, 1L << 32, 1L << 32),
                        FIRST_TENSOR + "the product of its dimensions [4294967296, 4294967296] does not fit 63 bits"),
                tensor("a part of a block", shaped(2, 31), FIRST_TENSOR
                        + "rows of 31 elements are not whole blocks of 32 (q4_0)"),
                gguf("offset not aligned", gguf -> gguf.tensor(sound.withOffset(4)), FIRST_TENSOR
                        + "data offset 4, expected 0 (tensors follow each other, aligned to 32 bytes)"),
                gguf("offset out of order", gguf -> gguf.tensor(sound.withOffset(32)), FIRST_TENSOR
                        + "data offset 32, expected 0 (tensors follow each other, aligned to 32 bytes)"),
                gguf("offset past the end", gguf -> gguf.tensor(sound.withOffset(1L << 40)), FIRST_TENSOR
                        + "data offset 1099511627776, expected 0 (tensors follow each other, aligned to 32 bytes)"),
                tensor("more data than there are", shaped(GgufBuilder.F32, 9),
                        FIRST_TENSOR
                                + "data end at offset 0x64, but the file has 0x60 bytes: is it cut short? Fetch it again"));
    }

    private static final String OLLAMAS = ": ollama gave this number to mxfp4, and llama.cpp does not read it; fetch a GGUF"
            + " of llama.cpp";

    static Stream<Arguments> unknownTypes() {
        return Stream.of(4, 5, 37, 38, 43, 1 << 20).map(type -> tensor("tensor type " + type,
                shaped(type, 8), FIRST_TENSOR + "unknown or removed tensor type " + type
                        + (type == 4 ? OLLAMAS : "")));
    }

    static Stream<Arguments> damagedMatrices() {
        String counts = "tensor '" + NAME + ".counts': ";
        return Stream.of(
                matrix("in_sum2 without counts", b -> b.tensor(NAME + ".in_sum2", dims(2), 1, 2),
                        "tensor '" + NAME + ".in_sum2': has no '" + NAME + ".counts' beside it"),
                matrix("counts without in_sum2", b -> b.tensor(NAME + ".counts", dims(1), 1),
                        counts + "has no '" + NAME + ".in_sum2' beside it"),
                gguf("in_sum2 that is not f32",
                        gguf -> gguf.tensor(Tensor.of(NAME + ".in_sum2", 1, new byte[4], List.of(2L)))
                                .tensor(NAME + ".counts", List.of(1L), 1),
                        "tensor '" + NAME + ".in_sum2': is of type f16, expected f32"),
                matrix("values that are not columns x matrices",
                        b -> b.tensor(NAME + ".in_sum2", dims(5), 1, 2, 3, 4, 5).tensor(NAME + ".counts", dims(1, 2), 1,
                                1),
                        counts + "holds 2 values, in_sum2 has 1 rows"),
                matrix("negative count", b -> b.entry(NAME, new float[]{-1}, 1),
                        counts + "count 0 is -1.0, expected a whole number of rows from 0 to 2^62"),
                matrix("count NaN", b -> b.entry(NAME, new float[]{Float.NaN}, 1),
                        counts + "count 0 is NaN, expected a whole number of rows from 0 to 2^62"),
                matrix("fractional count", b -> b.entry(NAME, new float[]{1.5f}, 1),
                        counts + "count 0 is 1.5, expected a whole number of rows from 0 to 2^62"),
                matrix("a model", b -> b.key("general.type", "model").tensor("output.weight", dims(1), 1),
                        "is a model, expected an importance matrix: 'imatrix-stats inspect' shows it, and other commands"
                                + " take it by --model"));
    }

    static Stream<Arguments> damagedLegacyFiles() {
        byte[] name = NAME.getBytes(StandardCharsets.US_ASCII);
        return Stream.of(
                legacy("n_entries 0", b -> b.entry(NAME, 1, 1).declaredEntries(0),
                        "offset 0x0: neither the magic 'GGUF' nor a legacy importance matrix: n_entries would be 0 in a file"
                                + " of 39 bytes"),
                legacy("name length 0", b -> b.rawEntry(0, new byte[0], 1, 2, 1, 1),
                        "offset 0x4: name length of entry 0 is 0, expected at least 1"),
                legacy("name length -1", b -> b.rawEntry(-1, new byte[0], 1, 2, 1, 1),
                        "offset 0x4: name length of entry 0 is -1, expected at least 1"),
                legacy("huge name length", b -> b.rawEntry(Integer.MAX_VALUE, name, 1, 1, 1),
                        "offset 0x8: name of entry 0 needs 2147483647 bytes, 31 remain"),
                legacy("name that is not UTF-8", b -> b.rawEntry(2, new byte[]{(byte) 0xc3, '('}, 1, 1, 1),
                        "offset 0x8: name of entry 0 is not valid UTF-8"),
                legacy("nval 0", b -> b.rawEntry(name.length, name, 1, 0, 1), "nval is 0, expected at least 1 value"),
                legacy("nval -1", b -> b.rawEntry(name.length, name, 1, -1, 1),
                        "nval is -1, expected at least 1 value"),
                legacy("huge nval", b -> b.rawEntry(name.length, name, 1, Integer.MAX_VALUE, 1),
                        "the 2147483647 values of '" + NAME + "' needs 8589934588 bytes, 4 remain"),
                legacy("duplicate name", b -> b.entry(NAME, 1, 1).entry(NAME, 1, 1), "is there twice"),
                legacy("negative ncall", b -> b.entry(NAME, -1, 1), "ncall is -1, expected the number of chunks"),
                legacy("trailing garbage", b -> b.entry(NAME, 1, 1).chunks(1).dataset("x").bytes((byte) 7),
                        "the importance matrix ends here, but 1 more bytes follow"),
                legacy("half a trailer", b -> b.entry(NAME, 1, 1).bytes((byte) 7), "n_chunks needs 4 bytes, 1 remain"));
    }

    @ParameterizedTest
    @MethodSource({"damagedContainers", "damagedKeys", "damagedTensors", "unknownTypes", "damagedMatrices",
        "damagedLegacyFiles"})
    void isRefusedInOneLine(byte[] content, String message) throws IOException {
        Path file = Files.write(folder.resolve("hostile"), content);
        Path out = folder.resolve("out.gguf");
        for (List<Object> arguments : List.<List<Object>>of(List.of("stats", file), List.of("check", file, "--all"),
                List.of("stats", file, "--format", "json", "-o", folder.resolve("out.json")),
                List.of("merge", SOUND, file, "-o", out), List.of("convert", file, "-o", out))) {
            String error = CliRun.of(arguments.toArray()).failed(ExitCode.FAILED);
            assertTrue(error.startsWith("imatrix-stats: " + file + ": "), error);
            assertTrue(error.endsWith(message + "\n"), error);
            assertEquals(1, error.lines().count(), error);
            assertEquals(List.of("hostile"), files());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stats", "check"})
    void oneBadFileAmongGoodOnesIsReportedAndTheOthersAreShown(String command) throws IOException {
        Path bad = Files.write(folder.resolve("bad"), new byte[3]);
        CliRun run = CliRun.of(command, SOUND, bad, SOUND);
        assertEquals(ExitCode.FAILED, run.exitCode());
        assertEquals("imatrix-stats: " + bad + ": offset 0x0: n_entries needs 4 bytes, 3 remain\n", run.err());
        assertEquals(CliRun.outputOf(command, SOUND, SOUND), run.out());
    }

    // ---- what is odd, and right

    static Stream<Arguments> oddFiles() {
        return Stream.of(
                Arguments.of(new GgufImatrixBuilder().entry(NAME, new float[]{2}, 1, 2).build()),
                Arguments.of(new GgufImatrixBuilder().entry("blk.0.attn_k.weight", new float[]{2})
                        .entry(NAME, new float[]{2}, 1, 2).build()),
                Arguments.of(new GgufBuilder().alignment(4096).tensor(NAME + ".in_sum2", List.of(2L), 1, 2)
                        .tensor(NAME + ".counts", List.of(1L), 2).build()),
                Arguments.of(new GgufBuilder().version(2).tensor(NAME + ".in_sum2", List.of(2L), 1, 2)
                        .tensor(NAME + ".counts", List.of(1L), 2).build()),
                Arguments.of(new LegacyBuilder().entry(NAME, 1, 1, 2).build()),
                Arguments.of(new LegacyBuilder().entry(NAME, 1, 1, 2).entry("blk.0.attn_k.weight", 0, 1, 2).build()),
                Arguments.of(new GgufImatrixBuilder().entry("blk.0.ffn_up_exps.weight", new float[]{2, 0}, 1, 2, 0, 0)
                        .entry(NAME, new float[]{2}, 1, 2).build()),
                Arguments.of(new GgufImatrixBuilder().key("somebody.else", "x").key("imatrix.chunk_size", "many")
                        .tensor("extra", dims(3), 1, 2, 3).entry(NAME, new float[]{2}, 1, 2).build()));
    }

    @ParameterizedTest
    @MethodSource("oddFiles")
    void isRead(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("odd"), content);
        String row = CliRun.outputOf("stats", file, "--match", NAME, "--format", "csv", "--columns",
                "elements,sum,min,max");
        // 1 and 2 over 2 rows; a legacy file has counted one chunk.
        assertTrue(row.endsWith(content[0] == 'G' ? "2,1.5,0.5,1.0\r\n" : "2,3.0,1.0,2.0\r\n"), row);
        assertTrue(Set.of(ExitCode.DONE, ExitCode.FOUND).contains(CliRun.of("check", file).exitCode()));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -1})
    void valuesThatCannotBeAreNamedAndNotAveraged(float value) throws IOException {
        Path file = new GgufImatrixBuilder().entry(NAME, new float[]{2}, 1, value, 3)
                .entry("blk.1.attn_q.weight", new float[]{2}, 1, 2).write(folder);
        CliRun stats = CliRun.of("stats", file, "--format", "csv", "--columns", "entropy").succeeded();
        assertTrue(stats.err().contains("warning: ") && stats.err().contains(NAME), stats.err());
        assertTrue(stats.out().lines().anyMatch(line -> line.endsWith(NAME + ",")), stats.out());
        CliRun check = CliRun.of("check", file);
        assertEquals(ExitCode.FOUND, check.exitCode());
        assertTrue(check.out().contains(NAME), check.out());
    }

    @Test
    void noFigureOfTheLargestAndSmallestFloatsIsInfinite() throws IOException {
        Path file = new GgufImatrixBuilder().entry(NAME, new float[]{1}, Float.MAX_VALUE, Float.MIN_VALUE, 0)
                .entry("blk.1.attn_q.weight", new float[]{1L << 40}, Float.MIN_VALUE, 1, Float.MAX_VALUE).write(folder);
        for (String layout : List.of("default", "classic", "extended")) {
            assertFalse(CliRun.of("stats", file, "--layout", layout).succeeded().out().isEmpty());
        }
        assertFalse(CliRun.outputOf("stats", file, "--format", "json", "--columns", "all").contains("nfinity"));
    }

    // ---- helpers

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Arguments bytes(String what, byte[] content, String message) {
        return argumentSet(what, content, message);
    }

    private static Arguments gguf(String what, Consumer<GgufBuilder> damage, String message) {
        GgufBuilder builder = new GgufBuilder();
        damage.accept(builder);
        return bytes(what, builder.build(), message);
    }

    private static Arguments tensor(String what, Tensor tensor, String message) {
        return gguf(what, builder -> builder.tensor(tensor), message);
    }

    /** A tensor with 32 bytes of data, whatever its shape says. */
    private static Tensor shaped(int type, long... dims) {
        return Tensor.of("t", type, new byte[32], Arrays.stream(dims).boxed().toList());
    }

    private static Arguments matrix(String what, UnaryOperator<GgufImatrixBuilder> damage, String message) {
        return bytes(what, damage.apply(new GgufImatrixBuilder()).build(), message);
    }

    private static Arguments legacy(String what, UnaryOperator<LegacyBuilder> damage, String message) {
        return bytes("legacy: " + what, damage.apply(new LegacyBuilder()).build(), message);
    }
}
