package org.imatrixstats.imatrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

import org.imatrixstats.io.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LegacyImatrixReaderTest {
    private static final String NAME = "blk.0.ffn_up.weight";
    /** Where the first entry's fields stand when its name is NAME. */
    private static final int NCALL = 4 + 4 + NAME.length();
    private static final int NVAL = NCALL + 4;

    @TempDir
    Path folder;

    // ---- what is legal

    @Test
    void readsEntriesAndTrailer() throws IOException {
        LegacyBuilder file = new LegacyBuilder().entry(NAME, 3, 1.5f, 0, 4).entry("output.weight", 2, 7)
                .chunks(3).dataset("wiki.train.raw");
        try (Imatrix imatrix = open(file)) {
            assertEquals(new Imatrix.Origin(Imatrix.Format.LEGACY, OptionalLong.empty(), List.of("wiki.train.raw"),
                    OptionalLong.of(3), OptionalLong.empty(), OptionalLong.empty()), imatrix.origin());
            assertEquals(Set.of(NAME, "output.weight"), imatrix.entries().keySet());

            ImatrixEntry entry = imatrix.entries().get(NAME);
            assertEquals(3, entry.size());
            assertEquals(3, entry.columns());
            assertEquals(3, entry.elements());
            assertEquals(1, entry.experts());
            assertEquals(3, entry.count(0));
            assertFalse(entry.hasInSum());
            assertArrayEquals(new float[]{1.5f, 0, 4}, inSum2(imatrix, NAME));
            assertArrayEquals(new float[]{7}, inSum2(imatrix, "output.weight"));
        }
    }

    @Test
    void readsAFileThatStopsAfterTheEntries() throws IOException {
        try (Imatrix imatrix = open(new LegacyBuilder().entry(NAME, 1, 1))) {
            assertEquals(OptionalLong.empty(), imatrix.origin().chunkCount());
            assertEquals(List.of(), imatrix.origin().datasets());
        }
    }

    @Test
    void readsAFileThatStopsAfterTheChunks() throws IOException {
        try (Imatrix imatrix = open(new LegacyBuilder().entry(NAME, 1, 1).chunks(17))) {
            assertEquals(OptionalLong.of(17), imatrix.origin().chunkCount());
            assertEquals(List.of(), imatrix.origin().datasets());
        }
    }

    @Test
    void takesAnEmptyDatasetNameForNone() throws IOException {
        try (Imatrix imatrix = open(new LegacyBuilder().entry(NAME, 1, 1).chunks(17).dataset(""))) {
            assertEquals(List.of(), imatrix.origin().datasets());
        }
    }

    @Test
    void readsNamesOfAnyScriptAndWithoutALayer() throws IOException {
        try (Imatrix imatrix = open(new LegacyBuilder().entry("слой.重み", 1, 1))) {
            assertFalse(imatrix.entries().get("слой.重み").name().hasLayer());
        }
    }

    @Test
    void takesNcallZeroForAnEntryWithoutData() throws IOException {
        try (Imatrix imatrix = open(new LegacyBuilder().entry(NAME, 0, 1, 2))) {
            assertEquals(0, imatrix.entries().get(NAME).elements());
            assertEquals(1, imatrix.entries().get(NAME).expertsWithoutData());
        }
    }

    @Test
    void listsEntriesByNameWhateverTheirOrderInTheFile() throws IOException {
        try (Imatrix imatrix = open(new LegacyBuilder().entry("b", 1, 1).entry("c", 1, 1).entry("a", 1, 1))) {
            assertEquals(List.of("a", "b", "c"), List.copyOf(imatrix.entries().keySet()));
        }
    }

    // ---- what is damaged

    @Test
    void rejectsAnEmptyFile() throws IOException {
        assertEquals("offset 0x0: the file is empty, expected an importance matrix", refusal(new byte[0]));
    }

    @Test
    void rejectsOneByte() throws IOException {
        assertEquals("offset 0x0: n_entries needs 4 bytes, 1 remain", refusal(new byte[1]));
    }

    @Test
    void rejectsEntryCountsThatCannotBe() throws IOException {
        int bytes = 4 + 4 + NAME.length() + 4 + 4 + 4;
        for (int count : List.of(0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 3)) {
            assertEquals("offset 0x0: neither the magic 'GGUF' nor a legacy importance matrix: n_entries would be "
                    + count + " in a file of " + bytes + " bytes",
                    refusal(new LegacyBuilder().entry(NAME, 1, 1).declaredEntries(count)));
        }
    }

    @Test
    void rejectsEntriesThatAreMissing() throws IOException {
        // The trailer of the file applies to the second entry: its chunks for the length of the name.
        assertEquals("offset 0x2b: name of entry 1 needs 9 bytes, 4 remain",
                refusal(new LegacyBuilder().entry(NAME, 1, 1).chunks(9).dataset("").declaredEntries(2)));
    }

    @Test
    void readsAsManyEntriesAsItHolds() throws IOException {
        LegacyBuilder file = new LegacyBuilder();
        for (int i = 0; i < 65536; i++) {
            file.entry("blk." + i + ".attn_q.weight", 1, 1);
        }
        try (Imatrix imatrix = open(file)) {
            assertEquals(65536, imatrix.entries().size());
        }
        assertTrue(refusal(file.entry("one more", 1, 1)).contains("n_entries would be 65537"));
    }

    @Test
    void rejectsNameLengthsBelowOne() throws IOException {
        for (int length : List.of(0, -1, Integer.MIN_VALUE)) {
            assertEquals("offset 0x4: name length of entry 0 is " + length + ", expected at least 1",
                    refusal(new LegacyBuilder().rawEntry(length, new byte[0], 1, 2, 1, 1)));
        }
    }

    @Test
    void rejectsANameLongerThanTheFile() throws IOException {
        assertEquals("offset 0x8: name of entry 0 needs 2147483647 bytes, 13 remain",
                refusal(new LegacyBuilder().rawEntry(Integer.MAX_VALUE, new byte[]{'a'}, 1, 1, 1)));
    }

    @Test
    void rejectsANameThatIsNotUtf8() throws IOException {
        assertEquals("offset 0x8: name of entry 0 is not valid UTF-8",
                refusal(new LegacyBuilder().rawEntry(2, new byte[]{(byte) 0xc3, '('}, 1, 1, 1)));
    }

    @Test
    void rejectsNegativeNcall() throws IOException {
        assertEquals(at(NCALL) + "ncall is -2, expected the number of chunks",
                refusal(new LegacyBuilder().entry(NAME, -2, 1)));
    }

    @Test
    void rejectsNvalBelowOne() throws IOException {
        for (int nval : List.of(0, -1, Integer.MIN_VALUE)) {
            assertEquals(at(NVAL) + "nval is " + nval + ", expected at least 1 value", refusal(
                    new LegacyBuilder().rawEntry(NAME.length(), utf8(NAME), 1, nval, 1)));
        }
    }

    @Test
    void rejectsMoreValuesThanTheFileHolds() throws IOException {
        // 4 · 2^30 bytes: a product in 32 bits would be 0.
        assertEquals("offset 0x23: the 1073741824 values of '" + NAME + "' needs 4294967296 bytes, 4 remain",
                refusal(new LegacyBuilder().rawEntry(NAME.length(), utf8(NAME), 1, 1 << 30, 1)));
    }

    @Test
    void rejectsANameThatIsThereTwice() throws IOException {
        assertEquals(at(NVAL + 4 + 4) + "is there twice",
                refusal(new LegacyBuilder().entry(NAME, 1, 1).entry(NAME, 1, 2)));
    }

    @Test
    void rejectsTrailingGarbage() throws IOException {
        assertEquals("offset 0x30: the importance matrix ends here, but 1 more bytes follow",
                refusal(new LegacyBuilder().entry(NAME, 1, 1).chunks(1).dataset("x").bytes((byte) 0)));
    }

    @Test
    void rejectsANegativeTrailer() throws IOException {
        assertEquals("offset 0x27: n_chunks is -3", refusal(new LegacyBuilder().entry(NAME, 1, 1).chunks(-3)));
        assertEquals("offset 0x2b: length of the dataset name is -5",
                refusal(new LegacyBuilder().entry(NAME, 1, 1).chunks(1).int32(-5)));
    }

    @Test
    void rejectsADatasetNameThatIsNotUtf8OrTooLong() throws IOException {
        LegacyBuilder file = new LegacyBuilder().entry(NAME, 1, 1).chunks(1);
        assertEquals("offset 0x2f: dataset name is not valid UTF-8",
                refusal(file.int32(1).bytes((byte) 0xff)));
        assertEquals("offset 0x2f: dataset name needs 2000000000 bytes, 1 remain", refusal(
                new LegacyBuilder().entry(NAME, 1, 1).chunks(1).int32(2_000_000_000).bytes((byte) 'x')));
    }

    // ---- cut off

    @Test
    void rejectsEveryTruncationOfASmallFile() throws IOException {
        byte[] entries = new LegacyBuilder().entry(NAME, 3, 1, 2, 3).entry("output.weight", 2, 7).build();
        byte[] whole = new LegacyBuilder().entry(NAME, 3, 1, 2, 3).entry("output.weight", 2, 7).chunks(3)
                .dataset("wiki").build();
        Set<Integer> lengths = new TreeSet<>();
        for (int length = 0; length <= whole.length; length++) {
            lengths.add(length);
        }
        // Old files stop after the entries, or after n_chunks.
        assertEquals(Set.of(entries.length, entries.length + 4, whole.length), accepted(whole, lengths));
    }

    @Test
    void rejectsTruncationsOfARealFile() throws IOException {
        byte[] whole = Files.readAllBytes(ReferenceFiles.testdata("dense-prose.dat"));
        Set<Integer> lengths = new TreeSet<>();
        for (int length = 0; length < 300; length++) {
            lengths.add(length);
        }
        for (int length = 300; length < whole.length; length += 4999) {
            lengths.add(length);
        }
        int trailer = 4 + 4 + "c/prose.txt".length();
        for (int length = whole.length - trailer - 20; length <= whole.length; length++) {
            lengths.add(length);
        }
        assertEquals(Set.of(whole.length - trailer, whole.length - trailer + 4, whole.length),
                accepted(whole, lengths));
    }

    /** The lengths at which a cut file is read; at all others it must be refused, with its name and an offset. */
    private Set<Integer> accepted(byte[] whole, Set<Integer> lengths) throws IOException {
        Set<Integer> accepted = new TreeSet<>();
        for (int length : lengths) {
            Path file = Files.write(folder.resolve("cut.dat"), Arrays.copyOf(whole, length));
            try (Imatrix imatrix = ImatrixReader.open(file)) {
                assertFalse(imatrix.entries().isEmpty());
                accepted.add(length);
            } catch (FormatException e) {
                assertTrue(e.getMessage().startsWith(file + ": offset 0x"), e.getMessage());
            }
        }
        return accepted;
    }

    private Imatrix open(LegacyBuilder file) throws IOException {
        return ImatrixReader.open(file.write(folder));
    }

    private String refusal(LegacyBuilder file) throws IOException {
        return refusal(file.build());
    }

    /** The message without the name of the file, which must lead it. */
    private String refusal(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("bad.dat"), bytes);
        String message = assertThrows(FormatException.class, () -> ImatrixReader.open(file).close()).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        return message.substring(file.toString().length() + 2);
    }

    private static String at(int offset) {
        return "offset 0x" + Integer.toHexString(offset) + ", tensor '" + NAME + "': ";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static float[] inSum2(Imatrix imatrix, String name) throws IOException {
        ImatrixEntry entry = imatrix.entries().get(name);
        float[] values = new float[(int) entry.size()];
        imatrix.inSum2(entry, 0, values, values.length);
        return values;
    }
}
