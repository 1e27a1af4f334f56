package org.imatrixstats.combine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.imatrixstats.imatrix.Content;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.Imatrix.Format;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ImatrixWriter;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;

/** Merging, subtracting and converting. The expected files are llama-imatrix's own, which takes 512 tokens for a chunk. */
class CombineTest {
    private static final OptionalLong OF_LLAMA_IMATRIX = OptionalLong.of(512);
    private static final OptionalLong OF_THE_INPUTS = OptionalLong.empty();

    @TempDir
    private Path folder;
    private final List<Imatrix> open = new ArrayList<>();

    private Imatrix open(Path file) throws IOException {
        Imatrix imatrix = ImatrixReader.open(file);
        open.add(imatrix);
        return imatrix;
    }

    /** The builders give their files one name. */
    private Path ownFolder() throws IOException {
        return Files.createTempDirectory(folder, "input");
    }

    private Imatrix testdata(String name) throws IOException {
        return open(ReferenceFiles.testdata(name));
    }

    @AfterEach
    void close() throws IOException {
        for (Imatrix imatrix : open) {
            imatrix.close();
        }
    }

    private static byte[] bytes(Content content, Format format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long[] progress = new long[1];
        ImatrixWriter.of(format).write(content, out, work -> progress[0] += work);
        assertTrue(progress[0] > 0);
        return out.toByteArray();
    }

    /** What was written, read again. */
    private Imatrix written(Content content, Format format) throws IOException {
        return open(Files.write(Files.createTempFile(folder, "written", ""), bytes(content, format)));
    }

    private static Format format(String name) {
        return name.endsWith(".dat") ? Format.LEGACY : Format.GGUF;
    }

    private static Merge.Options options(OptionalLong chunkSize) {
        return new Merge.Options(chunkSize, List.of(), Merge.Missing.KEEP, Tolerance.NONE);
    }

    private static float[] inSum2(Imatrix imatrix, String name) throws IOException {
        ImatrixEntry entry = imatrix.entries().get(name);
        float[] values = new float[(int) entry.size()];
        imatrix.inSum2(entry, 0, values, values.length);
        return values;
    }

    private static long[] counts(Imatrix imatrix, String name) {
        ImatrixEntry entry = imatrix.entries().get(name);
        long[] counts = new long[entry.experts()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = entry.count(i);
        }
        return counts;
    }

    private static String digest(Imatrix imatrix) throws IOException {
        return ContentDigest.sha256(imatrix, 1);
    }

    // ---- against llama-imatrix

    @ParameterizedTest
    @CsvSource({"dense-prose.gguf, dense-code.gguf, dense-merged.gguf", //
        "dense-prose.gguf, dense-code.gguf, dense-merged.dat", //
        "dense-prose.gguf, dense-prose.dat, dense-merged-mixed.gguf", //
        "moe-prose.gguf, moe-code.gguf, moe-merged.gguf"})
    void mergesToTheBytesOfLlamaImatrix(String a, String b, String merged) throws IOException {
        Content content = Merge.merge(List.of(testdata(a), testdata(b)), options(OF_LLAMA_IMATRIX), format(merged));
        assertArrayEquals(Files.readAllBytes(ReferenceFiles.testdata(merged)), bytes(content, format(merged)));
    }

    @ParameterizedTest
    @CsvSource({"dense-prose.dat, dense-prose-from-dat.gguf", //
        "dense-code.gguf, dense-code-converted.dat", //
        "moe-prose.gguf, moe-prose-converted.dat"})
    void convertsToTheBytesOfLlamaImatrix(String source, String converted) throws IOException {
        Content content = Convert.convert(testdata(source), OF_LLAMA_IMATRIX, Tolerance.NONE, format(converted));
        assertArrayEquals(Files.readAllBytes(ReferenceFiles.testdata(converted)), bytes(content, format(converted)));
    }

    // ---- there and back

    @ParameterizedTest
    @ValueSource(strings = {"dense-prose.gguf", "dense-merged.gguf", "moe-prose.gguf", "moe-merged.gguf",
        "tied-process-output.gguf", "dense-process-output.gguf", "tiny-english-prose.imatrix.gguf"})
    void keepsEveryByteOfAFileOfLlamaImatrix(String name) throws IOException {
        assertArrayEquals(Files.readAllBytes(ReferenceFiles.testdata(name)),
                bytes(Convert.convert(testdata(name), OF_THE_INPUTS, Tolerance.NONE, Format.GGUF), Format.GGUF));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dense-prose.dat", "dense-merged.dat", "moe-prose.dat", "dense-code-converted.dat"})
    void keepsEveryByteOfALegacyFileOfLlamaImatrix(String name) throws IOException {
        assertArrayEquals(Files.readAllBytes(ReferenceFiles.testdata(name)),
                bytes(Convert.convert(testdata(name), OF_THE_INPUTS, Tolerance.NONE, Format.LEGACY), Format.LEGACY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dense-act-prose.gguf", "moe-act-prose.gguf"})
    void keepsSumsOfX(String name) throws IOException {
        Imatrix source = testdata(name);
        Imatrix copy = written(Convert.convert(source, OF_THE_INPUTS, Tolerance.NONE, Format.GGUF), Format.GGUF);
        assertTrue(copy.entries().values().stream().allMatch(ImatrixEntry::hasInSum));
        assertEquals(digest(source), digest(copy));
        assertEquals(source.origin().datasets(), copy.origin().datasets());
    }

    @Test
    void keepsTheContentOfABigEndianFile() throws IOException {
        Imatrix source = open(new GgufImatrixBuilder(ByteOrder.BIG_ENDIAN).entry("a", new float[]{3, 0}, 1, 2, 0, 0)
                .inSum("a", 2, 1, -1, 0, 0).write(ownFolder()));
        Imatrix copy = written(Convert.convert(source, OptionalLong.of(1), Tolerance.NONE, Format.GGUF), Format.GGUF);
        assertEquals(digest(source), digest(copy));
    }

    @Test
    void keepsMeansThroughALegacyFile() throws IOException {
        Imatrix source = testdata("dense-prose.gguf");
        Imatrix legacy = written(Convert.convert(source, OF_THE_INPUTS, Tolerance.NONE, Format.LEGACY), Format.LEGACY);
        Imatrix back = written(Convert.convert(legacy, source.origin().chunkSize(), Tolerance.NONE, Format.GGUF),
                Format.GGUF);
        assertEquals(source.origin().chunkCount(), back.origin().chunkCount());
        for (ImatrixEntry entry : source.entries().values()) {
            String name = entry.name().name();
            float[] before = inSum2(source, name);
            float[] after = inSum2(back, name);
            for (int i = 0; i < before.length; i++) {
                float mean = before[i] / entry.count(0);
                assertEquals(mean, after[i] / counts(back, name)[0], 2 * Math.ulp(mean), name);
            }
        }
    }

    @Test
    void takesAPartOutOfAMergedFile() throws IOException {
        Imatrix prose = testdata("moe-prose.gguf");
        Imatrix code = testdata("moe-code.gguf");
        Imatrix merged = written(Merge.merge(List.of(prose, code), options(OF_THE_INPUTS), Format.GGUF), Format.GGUF);
        Imatrix left = written(Subtract.subtract(merged, code, OF_THE_INPUTS, Tolerance.NONE, Format.GGUF),
                Format.GGUF);
        assertEquals(prose.origin(), left.origin());
        for (ImatrixEntry entry : prose.entries().values()) {
            String name = entry.name().name();
            assertArrayEquals(counts(prose, name), counts(left, name), name);
            float[] before = inSum2(prose, name);
            float[] total = inSum2(merged, name);
            float[] after = inSum2(left, name);
            for (int i = 0; i < before.length; i++) {
                assertEquals(before[i], after[i], Math.ulp(total[i]), name);
            }
        }
    }

    // ---- rules

    private Imatrix gguf(String name, int chunkSize, float count, float... inSum2) throws IOException {
        return open(new GgufImatrixBuilder().keys(List.of(name), 1, chunkSize).entry("a", new float[]{count}, inSum2)
                .write(ownFolder()));
    }

    @Test
    void listsDatasetsInOrderAndRecountsChunks() throws IOException {
        Imatrix merged = written(Merge.merge(List.of(gguf("x", 4, 8, 1), gguf("y", 4, 12, 2)), options(OF_THE_INPUTS),
                Format.GGUF), Format.GGUF);
        assertEquals(List.of("x", "y"), merged.origin().datasets());
        assertEquals(OptionalLong.of(4), merged.origin().chunkSize());
        assertEquals(OptionalLong.of(5), merged.origin().chunkCount());
        assertArrayEquals(new float[]{3}, inSum2(merged, "a"));
        assertArrayEquals(new long[]{20}, counts(merged, "a"));
    }

    @Test
    void demandsAChunkSizeWhereInputsDisagreeOrDoNotSay() throws IOException {
        List<Imatrix> disagreeing = List.of(gguf("x", 4, 8, 1), gguf("y", 8, 8, 2));
        assertMessage("chunks of different sizes (4, 8 tokens)",
                () -> Merge.merge(disagreeing, options(OF_THE_INPUTS), Format.GGUF));
        assertEquals(OptionalLong.of(2),
                Merge.merge(disagreeing, options(OptionalLong.of(2)), Format.GGUF).chunkSize());
        List<Imatrix> legacy = List.of(open(new LegacyBuilder().entry("a", 2, 1).write(ownFolder())));
        assertMessage("does not say how many tokens a chunk has",
                () -> Merge.merge(legacy, options(OF_THE_INPUTS), Format.GGUF));
    }

    @Test
    void scalesContributionsAndRoundsCountsWithTheirSums() throws IOException {
        Merge.Options options = new Merge.Options(OF_THE_INPUTS, List.of(1.0, 0.25), Merge.Missing.KEEP,
                Tolerance.NONE);
        Imatrix merged = written(
                Merge.merge(List.of(gguf("x", 1, 4, 8), gguf("y", 1, 10, 30)), options, Format.GGUF), Format.GGUF);
        // A quarter of 10 rows is 2.5, rounded to 3 whole ones; their mean of 3 stays.
        assertArrayEquals(new long[]{4 + 3}, counts(merged, "a"));
        assertArrayEquals(new float[]{8 + 3 * 3}, inSum2(merged, "a"));
    }

    @Test
    void ofManyMissingTensorsTheFirstAreNamed() throws IOException {
        GgufImatrixBuilder many = new GgufImatrixBuilder().keys(List.of(), 1, 1).entry("a", new float[]{1}, 1);
        for (int i = 0; i < 7; i++) {
            many.entry("t" + i, new float[]{1}, 1);
        }
        Content kept = Merge.merge(List.of(gguf("x", 1, 1, 1), open(many.write(ownFolder()))),
                options(OF_THE_INPUTS), Format.GGUF);
        assertEquals("kept as far as they are there: 7 tensors are not in all inputs: t0, t1, t2 and 4 more",
                kept.warnings().getFirst());
    }

    @Test
    void keepsDropsOrRefusesTensorsThatNotAllInputsHave() throws IOException {
        Imatrix both = open(new GgufImatrixBuilder().keys(List.of(), 1, 1).entry("a", new float[]{1}, 1)
                .entry("b", new float[]{1}, 2).write(ownFolder()));
        List<Imatrix> inputs = List.of(gguf("x", 1, 1, 1), both);
        Content kept = Merge.merge(inputs, options(OF_THE_INPUTS), Format.GGUF);
        assertEquals(List.of("a", "b"), kept.parts().stream().map(Content.Part::name).toList());
        assertTrue(kept.warnings().getFirst().contains("not in all inputs: b"));
        Content dropped = Merge.merge(inputs,
                new Merge.Options(OF_THE_INPUTS, List.of(), Merge.Missing.DROP, Tolerance.NONE),
                Format.GGUF);
        assertEquals(List.of("a"), dropped.parts().stream().map(Content.Part::name).toList());
        assertMessage("not in all inputs: b", () -> Merge.merge(inputs,
                new Merge.Options(OF_THE_INPUTS, List.of(), Merge.Missing.ERROR, Tolerance.NONE), Format.GGUF));
    }

    @Test
    void dropsSumsOfXThatNotAllInputsHold() throws IOException {
        Imatrix with = open(new GgufImatrixBuilder().keys(List.of(), 1, 1).entry("a", new float[]{1}, 1)
                .inSum("a", 1, -1).write(ownFolder()));
        assertTrue(Merge.merge(List.of(with, with), options(OF_THE_INPUTS), Format.GGUF).parts().getFirst().hasInSum());
        Content mixed = Merge.merge(List.of(with, gguf("x", 1, 1, 1)), options(OF_THE_INPUTS), Format.GGUF);
        assertFalse(mixed.parts().getFirst().hasInSum());
        assertTrue(mixed.warnings().getFirst().contains("in_sum"));
    }

    @Test
    void takesNoSumsOfNoRows() throws IOException {
        Imatrix merged = written(Merge.merge(List.of(gguf("x", 1, 0, 5), gguf("y", 1, 1, 2)), options(OF_THE_INPUTS),
                Format.GGUF), Format.GGUF);
        assertArrayEquals(new float[]{2}, inSum2(merged, "a"));
        assertArrayEquals(new long[]{1}, counts(merged, "a"));
    }

    @Test
    void warnsOfCountsThatFloat32DoesNotHold() throws IOException {
        // 2^24 + 2^0 is the first whole number that float32 does not hold.
        Imatrix large = open(new GgufImatrixBuilder().entry("a", new float[]{16777216}, 1).write(ownFolder()));
        Imatrix one = open(new GgufImatrixBuilder().entry("a", new float[]{1}, 1).write(ownFolder()));
        Imatrix two = open(new GgufImatrixBuilder().entry("a", new float[]{2}, 1).write(ownFolder()));
        Content rounded = Merge.merge(List.of(large, one), options(OF_LLAMA_IMATRIX), Format.GGUF);
        assertEquals(
                List.of("counts of 1 tensors are rounded: GGUF holds them as float32, which is exact up to 16777216"
                        + " rows"),
                ImatrixWriter.of(Format.GGUF).losses(rounded));
        Content exact = Merge.merge(List.of(large, two), options(OF_LLAMA_IMATRIX), Format.GGUF);
        assertEquals(List.of(), ImatrixWriter.of(Format.GGUF).losses(exact));
    }

    @Test
    void warnsOfAWeightThatLeavesHardlyARow() throws IOException {
        Imatrix a = open(new GgufImatrixBuilder().entry("a", new float[]{1000, 10, 0}, 1, 1, 1).write(ownFolder()));
        Imatrix b = open(new GgufImatrixBuilder().entry("a", new float[]{8, 8, 8}, 1, 1, 1).write(ownFolder()));
        // 1000 · 0.25 is 250 and 8 · 0.25 is 2; 10 · 0.25 is 2.5, rounded to 3. A count of 0 stays what it is.
        assertEquals(
                List.of("the weight 0.25 of " + a.path()
                        + " leaves so few rows that rounding them to whole ones changes 1 of 2 counts by more than 1%"),
                Merge.merge(List.of(a, b),
                        new Merge.Options(OF_LLAMA_IMATRIX, List.of(0.25, 0.25), Merge.Missing.KEEP, Tolerance.NONE),
                        Format.GGUF).warnings());
    }

    @Test
    void leavesNothingWhereNoRowsAreLeft() throws IOException {
        // The sums of the total were rounded when it was merged.
        Imatrix total = open(
                new GgufImatrixBuilder().entry("a", new float[]{5, 9, 0}, 1.00001f, 8, 7).write(ownFolder()));
        Imatrix part = open(new GgufImatrixBuilder().entry("a", new float[]{5, 4, 0}, 1, 3, 2).write(ownFolder()));
        Imatrix left = written(Subtract.subtract(total, part, OF_LLAMA_IMATRIX, Tolerance.NONE, Format.GGUF),
                Format.GGUF);
        assertArrayEquals(new long[]{0, 5, 0}, counts(left, "a"));
        assertArrayEquals(new float[]{0, 5, 0}, inSum2(left, "a"));
    }

    @Test
    void takesNoSumsThatStandBesideACountOf0OfThePart() throws IOException {
        Imatrix total = open(new GgufImatrixBuilder().entry("a", new float[]{5}, 8).write(ownFolder()));
        Imatrix part = open(new GgufImatrixBuilder().entry("a", new float[]{0}, 3).write(ownFolder()));
        Imatrix left = written(Subtract.subtract(total, part, OF_LLAMA_IMATRIX, Tolerance.NONE, Format.GGUF),
                Format.GGUF);
        assertArrayEquals(new float[]{8}, inSum2(left, "a"));
    }

    @Test
    void refusesFilesOfDifferentModels() throws IOException {
        assertMessage("is of another model than", () -> Merge.merge(List.of(testdata("dense-prose.gguf"),
                testdata("moe-prose.gguf")), options(OptionalLong.of(512)), Format.GGUF));
    }

    @Test
    void refusesToSubtractWhatIsNoPart() throws IOException {
        assertMessage("has more rows (9, expert 0)",
                () -> Subtract.subtract(gguf("x", 1, 8, 5), gguf("x", 1, 9, 1), OF_THE_INPUTS, Tolerance.NONE,
                        Format.GGUF));
        Content larger = Subtract.subtract(gguf("x", 1, 8, 5), gguf("x", 1, 4, 6), OF_THE_INPUTS, Tolerance.NONE,
                Format.GGUF);
        assertMessage("larger sum of x² in column 0", () -> bytes(larger, Format.GGUF));
        assertMessage("is not in", () -> Subtract.subtract(testdata("dense-prose.gguf"),
                testdata("dense-process-output.gguf"), OF_THE_INPUTS, Tolerance.NONE, Format.GGUF));
    }

    @Test
    void saysWhatALegacyFileCannotHold() throws IOException {
        ImatrixWriter legacy = ImatrixWriter.of(Format.LEGACY);
        assertEquals(List.of(), legacy.losses(Convert.convert(testdata("dense-prose.gguf"), OF_THE_INPUTS,
                Tolerance.NONE, Format.LEGACY)));
        assertEquals(2,
                legacy.losses(Convert.convert(testdata("moe-prose.gguf"), OF_THE_INPUTS, Tolerance.NONE, Format.LEGACY))
                        .size());
        String twoDatasets = legacy
                .losses(Convert.convert(testdata("dense-merged.gguf"), OF_THE_INPUTS, Tolerance.NONE, Format.LEGACY))
                .getFirst();
        assertTrue(twoDatasets.contains("left out: c/prose.txt"), twoDatasets);
    }

    @Test
    void refusesOtherNumbersOfExpertsBehindAFileThatDoesNotSay() throws IOException {
        Imatrix one = gguf("x", 1, 8, 1, 2, 3, 4);
        Imatrix two = open(new GgufImatrixBuilder().entry("a", new float[]{1, 2}, 1, 2, 3, 4).write(ownFolder()));
        Imatrix four = open(
                new GgufImatrixBuilder().entry("a", new float[]{1, 2, 3, 4}, 1, 2, 3, 4).write(ownFolder()));
        assertMessage("a (4 × 1 values against 2 × 2 values)",
                () -> Merge.merge(List.of(one, two, four), options(OF_THE_INPUTS), Format.GGUF));
    }

    @Test
    void refusesCountsThatOverflow() throws IOException {
        Imatrix huge = gguf("x", 1, 0x1p61f, 1);
        assertMessage("brings the count of rows above",
                () -> Merge.merge(List.of(huge, huge), options(OF_THE_INPUTS), Format.GGUF));
        assertMessage("brings the count of rows above", () -> Merge.merge(List.of(gguf("x", 1, 8, 1)),
                new Merge.Options(OF_THE_INPUTS, List.of(1e300), Merge.Missing.KEEP, Tolerance.NONE), Format.GGUF));
    }

    @Test
    void takesAChunkSizeOfZeroForNone() throws IOException {
        Imatrix zero = gguf("x", 0, 8, 1);
        assertMessage("does not say how many tokens a chunk has",
                () -> Convert.convert(zero, OF_THE_INPUTS, Tolerance.NONE, Format.GGUF));
        Imatrix copy = written(Convert.convert(zero, OptionalLong.of(4), Tolerance.NONE, Format.GGUF), Format.GGUF);
        assertEquals(OptionalLong.of(2), copy.origin().chunkCount());
    }

    @Test
    void keepsChunkCountsInTheRangeOfTheContainer() throws IOException {
        Imatrix many = open(new GgufImatrixBuilder().keys(List.of(), 1, 1).entry("a", new float[]{0x1p33f}, 1)
                .write(ownFolder()));
        Content merged = Merge.merge(List.of(many), options(OF_THE_INPUTS), Format.GGUF);
        assertEquals(OptionalLong.of(0xffff_ffffL), written(merged, Format.GGUF).origin().chunkCount());
        Imatrix unsigned = open(new GgufImatrixBuilder().keys(List.of(), -1, 1).entry("a", new float[]{1}, 1)
                .write(ownFolder()));
        Content legacy = Convert.convert(unsigned, OF_THE_INPUTS, Tolerance.NONE, Format.LEGACY);
        assertEquals(OptionalLong.of(Integer.MAX_VALUE), written(legacy, Format.LEGACY).origin().chunkCount());
    }

    @Test
    void keepsTensorsWithoutColumns() throws IOException {
        Imatrix source = open(new GgufImatrixBuilder().keys(List.of(), 1, 1).entry("a", new float[]{1, 2})
                .entry("b", new float[]{1}, 5).write(ownFolder()));
        Imatrix copy = written(Convert.convert(source, OF_THE_INPUTS, Tolerance.NONE, Format.GGUF), Format.GGUF);
        assertEquals(digest(source), digest(copy));
        Imatrix legacy = written(Convert.convert(source, OF_THE_INPUTS, Tolerance.NONE, Format.LEGACY), Format.LEGACY);
        assertEquals(List.of("b"), List.copyOf(legacy.entries().keySet()));
    }

    @Test
    void writesNoFileWithoutTensors() throws IOException {
        Imatrix other = open(new GgufImatrixBuilder().entry("b", new float[]{0}, 1).write(ownFolder()));
        assertMessage("no tensor is in all inputs", () -> Merge.merge(List.of(gguf("x", 1, 1, 1), other),
                new Merge.Options(OF_THE_INPUTS, List.of(), Merge.Missing.DROP, Tolerance.NONE), Format.GGUF));
        Content noData = Convert.convert(other, OptionalLong.of(1), Tolerance.NONE, Format.LEGACY);
        assertThrows(IOException.class, () -> bytes(noData, Format.LEGACY));
    }

    @Test
    void copiesTheValuesOfALegacyFileBitForBit() throws IOException {
        float[] values = new float[100];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 + i * 0.01f;
        }
        Imatrix source = open(new LegacyBuilder().entry("a", 7, values).write(ownFolder()));
        Imatrix copy = written(Convert.convert(source, OF_THE_INPUTS, Tolerance.NONE, Format.LEGACY), Format.LEGACY);
        assertArrayEquals(values, inSum2(copy, "a"));
    }

    @Test
    void keepsTheNumberOfNextnLayers() throws IOException {
        Imatrix source = open(new GgufImatrixBuilder().keys(List.of("x"), 1, 1).key("imatrix.n_layer_nextn", 2)
                .entry("a", new float[]{2}, 3).write(ownFolder()));
        Imatrix part = gguf("y", 1, 1, 1);
        for (Content content : List.of(Convert.convert(source, OF_THE_INPUTS, Tolerance.NONE, Format.GGUF),
                Merge.merge(List.of(part, source), options(OF_THE_INPUTS), Format.GGUF),
                Subtract.subtract(source, part, OF_THE_INPUTS, Tolerance.NONE, Format.GGUF))) {
            assertEquals(OptionalLong.of(2), written(content, Format.GGUF).origin().nextnLayers());
        }
    }

    @Test
    void takesOutAPartWithOneCountForAllExperts() throws IOException {
        Imatrix experts = open(new GgufImatrixBuilder().keys(List.of("x"), 1, 1)
                .entry("a", new float[]{1, 2}, 3, 4).write(ownFolder()));
        Imatrix one = gguf("y", 1, 8, 1, 2);
        Imatrix merged = written(Merge.merge(List.of(experts, one), options(OF_THE_INPUTS), Format.GGUF), Format.GGUF);
        Imatrix left = written(Subtract.subtract(merged, one, OF_THE_INPUTS, Tolerance.NONE, Format.GGUF), Format.GGUF);
        assertEquals(digest(experts), digest(left));
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    private static void assertMessage(String part, Action action) {
        String message = assertThrows(ImatrixException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
