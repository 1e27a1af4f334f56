package org.imatrixstats.imatrix;

import static org.imatrixstats.imatrix.GgufImatrixBuilder.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

import org.imatrixstats.io.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufImatrixReaderTest {
    private static final String NAME = "blk.0.ffn_up.weight";
    private static final int F16 = 1;
    private static final int I8 = 24;

    @TempDir
    Path folder;

    // ---- what is legal

    @Test
    void readsKeysAndEntries() throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder().keys(List.of("prose.txt", "code.txt"), 5, 512)
                .key("imatrix.n_layer_nextn", 1).entry(NAME, counts(7), 1, 2, 3);
        try (Imatrix imatrix = open(file)) {
            assertEquals(new Imatrix.Origin(Imatrix.Format.GGUF, OptionalLong.of(3),
                    List.of("prose.txt", "code.txt"), OptionalLong.of(5), OptionalLong.of(512), OptionalLong.of(1)),
                    imatrix.origin());
            ImatrixEntry entry = imatrix.entries().get(NAME);
            assertEquals(3, entry.columns());
            assertEquals(7, entry.count(0));
            assertFalse(entry.hasInSum());
            assertArrayEquals(new float[]{1, 2, 3}, inSum2(imatrix, entry));
        }
    }

    @Test
    void readsVersion2WithoutKeys() throws IOException {
        try (Imatrix imatrix = open(new GgufImatrixBuilder().version(2).entry(NAME, counts(7), 1, 2, 3))) {
            assertEquals(new Imatrix.Origin(Imatrix.Format.GGUF, OptionalLong.of(2), List.of(), OptionalLong.empty(),
                    OptionalLong.empty(), OptionalLong.empty()), imatrix.origin());
        }
    }

    @Test
    void readsABigEndianFile() throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder(ByteOrder.BIG_ENDIAN).keys(List.of("a"), 2, 128)
                .entry(NAME, counts(3, 4), 1.5f, 2, 3, 4).inSum(NAME, 2, -1, -2, 3, 4);
        try (Imatrix imatrix = open(file)) {
            assertEquals(OptionalLong.of(128), imatrix.origin().chunkSize());
            ImatrixEntry entry = imatrix.entries().get(NAME);
            assertEquals(4, entry.count(1));
            assertArrayEquals(new float[]{1.5f, 2, 3, 4}, inSum2(imatrix, entry));
            assertArrayEquals(new float[]{-1, -2, 3, 4}, sums(imatrix, entry));
        }
    }

    @Test
    void readsExpertsSomeOfThemWithoutData() throws IOException {
        try (Imatrix imatrix = open(new GgufImatrixBuilder().entry(NAME, counts(2, 0, 5), 1, 2, 0, 0, 3, 4))) {
            ImatrixEntry entry = imatrix.entries().get(NAME);
            assertEquals(3, entry.experts());
            assertEquals(2, entry.columns());
            assertEquals(6, entry.size());
            assertEquals(1, entry.expertsWithoutData());
            assertEquals(4, entry.elements());
            assertEquals(0, entry.count(1));
            assertEquals(5, entry.count(2));
        }
    }

    @Test
    void readsOneCountForSeveralMatrices() throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder().inSum2(NAME, 2, 1, 2, 3, 4).tensor(NAME + ".counts",
                dims(1, 1), 9);
        try (Imatrix imatrix = open(file)) {
            ImatrixEntry entry = imatrix.entries().get(NAME);
            assertEquals(1, entry.experts());
            assertEquals(4, entry.columns());
            assertEquals(9, entry.count(0));
        }
    }

    @Test
    void readsTensorsWithoutTrailingDimensionsOf1() throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder().tensor(NAME + ".in_sum2", dims(3), 1, 2, 3)
                .tensor(NAME + ".counts", dims(1), 9).tensor(NAME + ".in_sum", dims(3, 1, 1), 4, 5, 6);
        try (Imatrix imatrix = open(file)) {
            assertEquals(3, imatrix.entries().get(NAME).elements());
            assertArrayEquals(new float[]{4, 5, 6}, sums(imatrix, imatrix.entries().get(NAME)));
        }
    }

    @Test
    void readsATensorWithoutColumns() throws IOException {
        try (Imatrix imatrix = open(new GgufImatrixBuilder().entry(NAME, counts(9)).entry("x", counts(1), 5))) {
            assertEquals(0, imatrix.entries().get(NAME).elements());
            assertArrayEquals(new float[]{5}, inSum2(imatrix, imatrix.entries().get("x")));
        }
    }

    @Test
    void passesOverUnknownKeysAndTensors() throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder().key("imatrix.stats_schema", List.of("mean"))
                .key("somebody.else", 1).tensor(NAME + ".stats", dims(2), 1, 2).entry(NAME, counts(1), 5)
                .tensor("extra", F16, dims(4), new byte[8]);
        try (Imatrix imatrix = open(file)) {
            assertEquals(Set.of(NAME), imatrix.entries().keySet());
            assertArrayEquals(new float[]{5}, inSum2(imatrix, imatrix.entries().get(NAME)));
        }
    }

    @Test
    void takesOneNameForAListAndNumbersOfAnotherTypeForMissing() throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder().key("imatrix.datasets", "prose.txt")
                .key("imatrix.chunk_count", "many").entry(NAME, counts(1), 5);
        try (Imatrix imatrix = open(file)) {
            assertEquals(List.of("prose.txt"), imatrix.origin().datasets());
            assertEquals(OptionalLong.empty(), imatrix.origin().chunkCount());
        }
    }

    @Test
    void readsValuesInAnyOrderFromAnyPosition() throws IOException {
        try (Imatrix imatrix = open(new GgufImatrixBuilder().entry(NAME, counts(1), 1, 2, 3, 4, 5))) {
            float[] values = {-1, -1, -1};
            imatrix.inSum2(imatrix.entries().get(NAME), 3, values, 2);
            assertArrayEquals(new float[]{4, 5, -1}, values);
        }
    }

    // ---- what is damaged

    @Test
    void rejectsAModel() throws IOException {
        assertEquals("is a model, expected an importance matrix",
                refusal(new GgufImatrixBuilder().key("general.type", "model").tensor("output.weight", dims(1), 1)));
        assertEquals("a GGUF file, but not an importance matrix: general.type is missing, and none of its 0 "
                + "tensors is named *.in_sum2", refusal(new GgufImatrixBuilder()));
    }

    @Test
    void rejectsSquaresWithoutCounts() throws IOException {
        assertEquals(tensor(".in_sum2") + "has no '" + NAME + ".counts' beside it",
                refusal(new GgufImatrixBuilder().inSum2(NAME, 1, 1, 2)));
    }

    @Test
    void rejectsCountsWithoutSquares() throws IOException {
        assertEquals(tensor(".counts") + "has no '" + NAME + ".in_sum2' beside it",
                refusal(new GgufImatrixBuilder().tensor(NAME + ".counts", dims(1), 1)));
    }

    @Test
    void rejectsSumsWithoutSquares() throws IOException {
        assertEquals(tensor(".in_sum") + "has no '" + NAME + ".in_sum2' beside it",
                refusal(new GgufImatrixBuilder().entry("x", counts(1), 1).inSum(NAME, 1, 1)));
    }

    @Test
    void rejectsAnEntryWithoutAName() throws IOException {
        assertEquals("tensor '.in_sum2': names no weight tensor",
                refusal(new GgufImatrixBuilder().entry("", counts(1), 1)));
    }

    @Test
    void rejectsTensorsOfAnotherTypeThanF32() throws IOException {
        assertEquals(tensor(".in_sum2") + "is of type f16, expected f32",
                refusal(new GgufImatrixBuilder().tensor(NAME + ".in_sum2", F16, dims(2), new byte[4])
                        .tensor(NAME + ".counts", dims(1), 1)));
        assertEquals(tensor(".counts") + "is of type i8, expected f32",
                refusal(new GgufImatrixBuilder().inSum2(NAME, 1, 1).tensor(NAME + ".counts", I8, dims(1),
                        new byte[1])));
        assertEquals(tensor(".in_sum") + "is of type f16, expected f32",
                refusal(new GgufImatrixBuilder().entry(NAME, counts(1), 1, 2).tensor(NAME + ".in_sum", F16, dims(2),
                        new byte[4])));
    }

    @Test
    void rejectsCountsThatAreNotOnePerRow() throws IOException {
        assertEquals(tensor(".counts") + "holds 3 values, in_sum2 has 2 rows",
                refusal(new GgufImatrixBuilder().inSum2(NAME, 2, 1, 2, 3, 4).tensor(NAME + ".counts", dims(1, 3), 1,
                        1, 1)));
    }

    @Test
    void rejectsCountsThatDivideTheValuesButAreNotOnePerRow() throws IOException {
        // 2 rows of 4 columns are 8 values, which 4 counts would divide into rows of 2.
        assertEquals(tensor(".counts") + "holds 4 values, in_sum2 has 2 rows",
                refusal(new GgufImatrixBuilder().inSum2(NAME, 2, 1, 2, 3, 4, 5, 6, 7, 8).tensor(NAME + ".counts",
                        dims(1, 4), 1, 1, 1, 1)));
    }

    @Test
    void rejectsNoCountsAndFarTooMany() throws IOException {
        assertEquals(tensor(".counts") + "holds 0 values, expected 1 to 65536",
                refusal(new GgufImatrixBuilder().inSum2(NAME, 1, 1, 2).tensor(NAME + ".counts", dims(1, 0))));
        float[] counts = new float[65537];
        assertEquals(tensor(".counts") + "holds 65537 values, expected 1 to 65536",
                refusal(new GgufImatrixBuilder().entry(NAME, counts, new float[65537])));
    }

    @Test
    void rejectsMoreCountsThanAnyModelHasExperts() throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder();
        float[] counts = new float[65536];
        // 32 · 65536 is 2^21.
        for (int i = 10; i <= 42; i++) {
            file.tensor(i + ".in_sum2", dims(0, 65536)).tensor(i + ".counts", dims(1, 65536), counts);
        }
        assertEquals("tensor '42.counts': brings the counts of the file above 2097152, more than any model has experts",
                refusal(file));
    }

    @Test
    void rejectsSumsOfAnotherShape() throws IOException {
        assertEquals(tensor(".in_sum") + "has the shape [2, 2], in_sum2 has [4, 1]",
                refusal(new GgufImatrixBuilder().entry(NAME, counts(1), 1, 2, 3, 4).inSum(NAME, 2, 1, 2, 3, 4)));
        assertEquals(tensor(".in_sum") + "has the shape [3, 1], in_sum2 has [4, 1]",
                refusal(new GgufImatrixBuilder().entry(NAME, counts(1), 1, 2, 3, 4).inSum(NAME, 1, 1, 2, 3)));
    }

    @Test
    void rejectsCountsThatAreNoNumberOfRows() throws IOException {
        for (float count : new float[]{-1, 0.5f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f}) {
            String message = refusal(new GgufImatrixBuilder().entry(NAME, counts(1, 2, count), 1, 2, 3));
            assertTrue(message.startsWith("offset 0x"), message);
            assertTrue(
                    message.endsWith(
                            tensor(".counts") + "count 2 is " + count
                                    + ", expected a whole number of rows from 0 to 2^62"),
                    message);
        }
    }

    @Test
    void namesTheOffsetOfABadCount() throws IOException {
        byte[] file = new GgufImatrixBuilder().entry(NAME, counts(1, -3), 1, 2).build();
        // The data of counts are the last in the file, padded to 32 bytes.
        String offset = Integer.toHexString(file.length - 32 + 4);
        assertEquals("offset 0x" + offset + ", " + tensor(".counts")
                + "count 1 is -3.0, expected a whole number of rows from 0 to 2^62", refusal(file));
    }

    @Test
    void rejectsEveryTruncation() throws IOException {
        byte[] whole = new GgufImatrixBuilder().keys(List.of("a"), 2, 128).entry(NAME, counts(3), 1, 2).build();
        // Of the last 32 bytes only the count is needed, the rest is padding.
        for (int length = 0; length < whole.length - 28; length++) {
            assertTrue(refusal(Arrays.copyOf(whole, length)).startsWith("offset 0x"), "length " + length);
        }
    }

    // ---- the same tensor in an earlier layer

    @Test
    void findsTheNearestEarlierLayerThatHasTheTensor() throws IOException {
        GgufImatrixBuilder file = new GgufImatrixBuilder();
        for (String name : List.of("blk.2.q", "blk.9.q", "blk.10.q", "blk.3.k", "blk.10.k", "output")) {
            file.entry(name, counts(1), 1);
        }
        try (Imatrix imatrix = open(file)) {
            assertEquals("blk.9.q", earlier(imatrix, "blk.10.q"));
            assertEquals("blk.2.q", earlier(imatrix, "blk.9.q"));
            assertEquals("null", earlier(imatrix, "blk.2.q"));
            assertEquals("blk.3.k", earlier(imatrix, "blk.10.k"));
            assertEquals("null", earlier(imatrix, "output"));
        }
    }

    private static String earlier(Imatrix imatrix, String name) {
        return String.valueOf(imatrix.earlier(imatrix.entries().get(name)));
    }

    private Imatrix open(GgufImatrixBuilder file) throws IOException {
        return ImatrixReader.open(file.write(folder));
    }

    private String refusal(GgufImatrixBuilder file) throws IOException {
        return refusal(file.build());
    }

    /** The message without the name of the file, which must lead it. */
    private String refusal(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("bad.gguf"), bytes);
        String message = assertThrows(FormatException.class, () -> ImatrixReader.open(file).close()).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        return message.substring(file.toString().length() + 2);
    }

    private static String tensor(String suffix) {
        return "tensor '" + NAME + suffix + "': ";
    }

    private static float[] counts(float... counts) {
        return counts;
    }

    private static float[] inSum2(Imatrix imatrix, ImatrixEntry entry) throws IOException {
        float[] values = new float[(int) entry.size()];
        imatrix.inSum2(entry, 0, values, values.length);
        return values;
    }

    private static float[] sums(Imatrix imatrix, ImatrixEntry entry) throws IOException {
        float[] values = new float[(int) entry.size()];
        imatrix.inSum(entry, 0, values, values.length);
        return values;
    }
}
