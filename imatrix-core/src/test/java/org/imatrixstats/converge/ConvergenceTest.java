package org.imatrixstats.converge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConvergenceTest {
    private static final String Q = "blk.0.attn_q.weight";
    private static final String EXPERTS = "blk.0.ffn_up_exps.weight";
    private static final List<String> SNAPSHOTS = List.of(".at_4", ".at_8", ".at_12", ".at_16", ".at_20", ".at_24", "");

    @TempDir
    Path folder;

    private final List<Imatrix> open = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Imatrix imatrix : open) {
            imatrix.close();
        }
    }

    private Imatrix open(Path file) throws IOException {
        Imatrix imatrix = ImatrixReader.open(file);
        open.add(imatrix);
        return imatrix;
    }

    private List<Imatrix> run() throws IOException {
        List<Imatrix> run = new ArrayList<>();
        for (String snapshot : SNAPSHOTS) {
            run.add(open(ReferenceFiles.testdata("snapshots/dense-prose.gguf" + snapshot)));
        }
        return run;
    }

    /** The next snapshot of a run, written under its number. */
    private Imatrix snapshot(GgufImatrixBuilder builder) throws IOException {
        return open(builder.write(Files.createDirectory(folder.resolve("" + open.size()))));
    }

    private static GgufImatrixBuilder keys() {
        return new GgufImatrixBuilder().keys(List.of("prose.txt"), 1, 1);
    }

    private Imatrix snapshot(float[] counts, float... inSum2) throws IOException {
        return snapshot(keys().entry(counts.length > 1 ? EXPERTS : Q, counts, inSum2));
    }

    private Imatrix legacy(String tensor, int ncall, float... values) throws IOException {
        return open(new LegacyBuilder().entry(tensor, ncall, values)
                .write(Files.createDirectory(folder.resolve("" + open.size()))));
    }

    private static float[] counts(float... counts) {
        return counts;
    }

    private static Convergence converge(List<Imatrix> run) throws IOException {
        return Convergence.of(SnapshotSeries.of(run), _ -> true, 2, _ -> {
        });
    }

    private TensorConvergence onlyTensor() throws IOException {
        return converge(open).tensors().getFirst();
    }

    private String refusal() {
        return assertThrows(IOException.class, () -> converge(open)).getMessage().replace(folder + "/", "");
    }

    // ---- a real run

    @Test
    void theMedianDivergenceToTheLastFallsAsTheReferenceSays() throws IOException {
        Convergence run = converge(run());
        double[] medians = {0.012245, 0.0016307, 0.00057880, 0.00019288, 0.000063974};
        for (int i = 0; i < medians.length; i++) {
            assertEquals(medians[i], run.toLast(i).median(), medians[i] * 5e-5);
        }
        assertEquals(0, run.toLast(6).median());
    }

    @Test
    void everyFigureOfEveryTensorAgreesWithTheReference() throws IOException {
        JsonNode reference = JsonMapper.builder().build()
                .readTree(ReferenceFiles.testdata("expected/snapshots.convergence.json").toFile());
        Convergence run = converge(run());
        assertEquals(reference.size(), run.tensors().size());
        for (TensorConvergence tensor : run.tensors()) {
            JsonNode expected = reference.get(tensor.name().name());
            for (int i = 0; i < run.snapshots(); i++) {
                assertEquals(expected.at("/rows/" + i).asLong(), tensor.rows()[i]);
                assertEquals(expected.at("/to_last/" + i).asDouble(), tensor.toLast()[i], 1e-12);
                if (i > 0) {
                    assertEquals(expected.at("/to_previous/" + i).asDouble(), tensor.toPrevious()[i], 1e-12);
                }
            }
            assertTrue(Double.isNaN(tensor.toPrevious()[0]));
            assertEquals(expected.get("batches").asInt(), tensor.error().batches());
            assertRelative(expected.get("sum_error").asDouble(), tensor.error().sum());
            assertRelative(expected.get("share_error").asDouble(), tensor.error().shares());
        }
    }

    private static void assertRelative(double expected, double actual) {
        assertEquals(expected, actual, 1e-9 * expected);
    }

    @Test
    void theOrderOfTheFilesAndTheNumberOfThreadsDoNotMatter() throws IOException {
        List<Imatrix> files = run();
        Convergence inOrder = converge(files);
        Collections.reverse(files);
        Convergence reversed = Convergence.of(SnapshotSeries.of(files), _ -> true, 1, _ -> {
        });
        assertEquals(inOrder.series().snapshots().stream().map(Snapshot::name).toList(),
                reversed.series().snapshots().stream().map(Snapshot::name).toList());
        for (int i = 0; i < inOrder.tensors().size(); i++) {
            assertArrayEquals(inOrder.tensors().get(i).toLast(), reversed.tensors().get(i).toLast());
            assertEquals(inOrder.tensors().get(i).error().shares(), reversed.tensors().get(i).error().shares());
            assertEquals(inOrder.tensors().get(i).error().sum(), reversed.tensors().get(i).error().sum());
        }
    }

    @Test
    void aSnapshotKnowsItsChunksAndTheRowsThatMostTensorsSaw() throws IOException {
        List<Snapshot> snapshots = SnapshotSeries.of(run()).snapshots();
        assertEquals(List.of(4L, 8L, 12L, 16L, 20L, 24L, 24L),
                snapshots.stream().map(snapshot -> snapshot.chunks().getAsLong()).toList());
        assertEquals(List.of(384L, 896L, 1408L, 1920L, 2432L, 2944L, 3072L),
                snapshots.stream().map(Snapshot::rows).toList());
    }

    @Test
    void halvesAndBatchesTellOfTheSameError() throws IOException {
        for (TensorConvergence tensor : converge(run()).tensors()) {
            double ratio = tensor.expectedByHalves() / tensor.expectedDivergence();
            assertTrue(ratio > 0.5 && ratio < 2, tensor.name() + ": " + ratio);
        }
    }

    @Test
    void progressAddsUpToTheWork() throws IOException {
        SnapshotSeries series = SnapshotSeries.of(run());
        AtomicLong done = new AtomicLong();
        Convergence.of(series, name -> name.layer() == 3, 2, done::addAndGet);
        assertTrue(done.get() > 0);
        assertEquals(Convergence.work(series, name -> name.layer() == 3), done.get());
    }

    // ---- errors, worked out by hand

    @Test
    void sharesThatChangeFromBatchToBatchHaveAnErrorAlsoWhereTheSumHasNone() throws IOException {
        // E[x²] (1, 3) and then (3, 1): p = (½, ½), off by ¼ in both batches. Var p = ½·¼² · 2 = 1/16, over p, twice: ¼.
        snapshot(counts(1), 1, 3);
        snapshot(counts(2), 4, 4);
        SamplingError error = onlyTensor().error();
        assertEquals(2, error.batches());
        assertEquals(0, error.sum(), 1e-15);
        assertEquals(0.5, error.shares(), 1e-15);
        assertEquals(0.25 / 8 / Math.log(2), error.expectedDivergence(), 1e-15);
        assertArrayEquals(new double[]{0.5, 0.5}, error.shareParts(), 1e-15);
    }

    @Test
    void batchesCountByTheirRows() throws IOException {
        // Means 2 over 1 row and 6 over 3: together 5. Var = ¼·3² + ¾·1² = 3.
        snapshot(counts(1), 2);
        snapshot(counts(4), 20);
        SamplingError error = onlyTensor().error();
        assertRelative(Math.sqrt(3) / 5, error.sum());
        assertEquals(0, error.shares(), 1e-15);
        assertArrayEquals(new double[]{-3 / 5.0, 1 / 5.0}, error.sumDeviations(), 1e-15);
    }

    @Test
    void aBatchThatDoesNotReachAnExpertSaysNothingOfIt() throws IOException {
        // The first expert: 2 over a row, nothing, 4 over a row: 3 ± 1. The second never changes.
        snapshot(counts(1, 1), 2, 9);
        snapshot(counts(1, 2), 2, 18);
        snapshot(counts(2, 3), 6, 27);
        SamplingError error = onlyTensor().error();
        assertEquals(3, error.batches());
        assertEquals(0, error.expertsUnknown());
        assertRelative(1 / 12.0, error.sum());
        // Off by 1 of 12, by nothing of the 9 of the second alone, by 1 of 12.
        assertArrayEquals(new double[]{-1 / 12.0, 0, 1 / 12.0}, error.sumDeviations(), 1e-15);
    }

    @Test
    void expertsThatDeviateTogetherAddUp() throws IOException {
        // Both 2, then 4: 3 ± 1 each. Apart they would be 6 ± √2, but the same text moves both: 6 ± 2.
        snapshot(counts(1, 1), 2, 2);
        snapshot(counts(2, 2), 6, 6);
        assertRelative(1 / 3.0, onlyTensor().error().sum());
    }

    @Test
    void anExpertThatOnlyOneBatchReachedHasAnUnknownError() throws IOException {
        snapshot(counts(1, 0, 0), 2, 0, 0);
        snapshot(counts(2, 1, 0), 6, 5, 0);
        SamplingError error = onlyTensor().error();
        assertEquals(1, error.expertsUnknown());
        // That of the first alone: 3 ± 1.
        assertRelative(1 / 3.0, error.sum());
    }

    @Test
    void nothingIsKnownOfTheErrorWhereNoMatrixWasReachedTwice() throws IOException {
        snapshot(counts(1, 0), 2, 0);
        snapshot(counts(1, 1), 2, 3);
        TensorConvergence tensor = onlyTensor();
        assertEquals(2, tensor.error().expertsUnknown());
        assertTrue(Double.isNaN(tensor.error().sum()));
        assertTrue(Double.isNaN(tensor.error().expectedDivergence()));
    }

    @Test
    void valuesThatAreNotFiniteMakeErrorsUndefined() throws IOException {
        snapshot(counts(1), Float.NaN, 1);
        snapshot(counts(2), Float.NaN, 2);
        TensorConvergence tensor = onlyTensor();
        assertTrue(Double.isNaN(tensor.error().sum()));
        assertTrue(Double.isNaN(tensor.expectedDivergence()));
        assertTrue(Double.isNaN(tensor.toLast()[0]) && Double.isNaN(tensor.toLast()[1]));
        assertNull(tensor.basis());
    }

    @Test
    void aTensorThatWasReachedLaterStartsWithItsFirstBatch() throws IOException {
        snapshot(keys().entry(Q, counts(1), 1, 1));
        snapshot(keys().entry(Q, counts(2), 2, 2).entry("blk.0.attn_v.weight", counts(1), 2, 2));
        snapshot(keys().entry(Q, counts(3), 3, 3).entry("blk.0.attn_v.weight", counts(2), 6, 6));
        TensorConvergence tensor = converge(open).tensors().getLast();
        assertEquals("blk.0.attn_v.weight", tensor.name().name());
        assertTrue(Double.isNaN(tensor.toLast()[0]));
        assertEquals(0, tensor.toLast()[1]);
        assertEquals(2, tensor.error().batches());
        assertRelative(1 / 3.0, tensor.error().sum());
    }

    // ---- legacy files

    @Test
    void legacyFilesAreCumulativeInChunks() throws IOException {
        // values = E[x²]·chunks: (1, 3) after one, (2, 2) after two.
        legacy(Q, 1, 1, 3);
        legacy(Q, 2, 4, 4);
        TensorConvergence tensor = onlyTensor();
        assertEquals(0.5, tensor.error().shares(), 1e-15);
        assertArrayEquals(new long[]{1, 2}, tensor.rows());
    }

    @Test
    void legacyExpertsMayFallBecauseTheirRowsAreNotStored() throws IOException {
        legacy(EXPERTS, 1, 8, 1);
        legacy(EXPERTS, 2, 6, 4);
        TensorConvergence tensor = onlyTensor();
        assertTrue(Double.isNaN(tensor.error().shares()));
        assertEquals(TensorConvergence.Basis.HALVES, tensor.basis());
        // The first half: n / (N − n) = 1.
        assertEquals(tensor.toLast()[0], tensor.expectedDivergence());
    }

    @Test
    void roundingIsNoFall() throws IOException {
        legacy(Q, 1, 1, 3);
        legacy(Q, 2, Math.nextDown(1f), 4);
        assertEquals(2, onlyTensor().error().batches());
    }

    // ---- what is no run

    @Test
    void aSumThatFallsIsNoRun() throws IOException {
        snapshot(counts(1), 1, 3);
        snapshot(counts(2), 4, 2);
        assertEquals("1/test.gguf: tensor 'blk.0.attn_q.weight': the sum of x² in column 1 is 2.0, but 3.0 in"
                + " 0/test.gguf, which has no more rows: these are not snapshots of one run",
                refusal());
    }

    @Test
    void aCountThatFallsIsNoRun() throws IOException {
        snapshot(counts(4, 4), 1, 3);
        snapshot(counts(9, 3), 4, 3);
        assertEquals("1/test.gguf: tensor 'blk.0.ffn_up_exps.weight': has seen 3 rows of expert 1, in 0/test.gguf 4,"
                + " which has seen fewer in all: these are not snapshots of one run", refusal());
    }

    @Test
    void sumsThatChangeWithoutRowsAreNoRun() throws IOException {
        snapshot(counts(4, 4), 1, 3);
        snapshot(counts(4, 5), 2, 4);
        assertEquals("1/test.gguf: tensor 'blk.0.ffn_up_exps.weight': the sum of x² in column 0 of expert 0 differs"
                + " from that in 0/test.gguf, which has as many rows: these are not snapshots of one run", refusal());
    }

    @Test
    void negativeSumsAreRefused() throws IOException {
        snapshot(counts(1), 1, -3);
        snapshot(counts(2), 4, 2);
        assertTrue(refusal().startsWith("0/test.gguf: tensor 'blk.0.attn_q.weight': has a negative sum of x² in column"
                + " 1"));
    }

    @Test
    void otherTensorsAreNoRun() throws IOException {
        snapshot(keys().entry(Q, counts(1), 1, 3));
        snapshot(keys().entry("blk.1.attn_q.weight", counts(2), 1, 3));
        assertEquals("1/test.gguf: tensor 'blk.0.attn_q.weight': is not there, but it is in 0/test.gguf: these are not"
                + " snapshots of one run", refusal());
    }

    @Test
    void otherSizesAreNoRun() throws IOException {
        snapshot(counts(1), 1, 3);
        snapshot(counts(2), 1, 3, 5);
        assertEquals("1/test.gguf: tensor 'blk.0.attn_q.weight': has 3 values, in 0/test.gguf 2 values: these are not"
                + " snapshots of one run", refusal());
    }

    @Test
    void otherDatasetsAreNoRun() throws IOException {
        snapshot(keys().entry(Q, counts(1), 1, 3));
        snapshot(new GgufImatrixBuilder().keys(List.of("code.txt"), 2, 1).entry(Q, counts(2), 2, 6));
        assertEquals("1/test.gguf: is not of one run with 0/test.gguf: datasets code.txt against prose.txt. Use compare"
                + " for matrices of different runs", refusal());
    }

    @Test
    void otherSizesOfChunksAreNoRun() throws IOException {
        snapshot(keys().entry(Q, counts(1), 1, 3));
        snapshot(new GgufImatrixBuilder().keys(List.of("prose.txt"), 2, 512).entry(Q, counts(2), 2, 6));
        assertTrue(refusal().contains("tokens per chunk 512 against 1"), this::refusal);
    }

    @Test
    void twoContainersAreNoRun() throws IOException {
        snapshot(keys().entry(Q, counts(1), 1, 3));
        legacy(Q, 2, 2, 6);
        assertTrue(refusal().contains("container legacy against gguf"), this::refusal);
    }

    @Test
    void otherSumsAfterAsManyRowsAreNoRun() throws IOException {
        snapshot(counts(1), 1, 3);
        snapshot(counts(2), 4, 4);
        snapshot(counts(2), 4, 5);
        assertEquals(
                "2/test.gguf: tensor 'blk.0.attn_q.weight': has other sums than in 1/test.gguf, which has as many rows:"
                        + " these are not snapshots of one run",
                refusal());
    }

    @Test
    void theSameSnapshotUnderTwoNamesCountsOnce() throws IOException {
        snapshot(counts(2), 4, 4);
        snapshot(counts(1), 1, 3);
        snapshot(counts(2), 4, 4);
        Convergence run = converge(open);
        assertEquals(2, run.snapshots());
        assertEquals(List.of(folder + "/2/test.gguf is left out: it holds the same as " + folder + "/0/test.gguf"),
                run.series().warnings());
        assertEquals(0.5, run.tensors().getFirst().error().shares(), 1e-15);
    }

    @Test
    void twoNamesOfOneSnapshotAreNoRun() throws IOException {
        snapshot(counts(2), 4, 4);
        snapshot(counts(2), 4, 4);
        assertEquals("1/test.gguf: holds the same as 0/test.gguf: at least two snapshots that differ are needed",
                refusal());
    }

    @Test
    void chunksThatFallWhileRowsGrowAreNotBelieved() throws IOException {
        snapshot(new GgufImatrixBuilder().keys(List.of("prose.txt"), 9, 1).entry(Q, counts(1), 1, 3));
        snapshot(new GgufImatrixBuilder().keys(List.of("prose.txt"), 2, 1).entry(Q, counts(2), 4, 4));
        SnapshotSeries series = SnapshotSeries.of(open);
        assertEquals(1, series.warnings().size());
        assertTrue(series.last().chunks().isEmpty());
        assertTrue(new Verdict(converge(open), 0.001).moreChunksForAll().isEmpty());
    }

    // ---- the verdict

    private static TensorConvergence tensor(String name, double shares, double... toLast) {
        long[] rows = new long[toLast.length];
        Arrays.setAll(rows, i -> i + 1);
        return new TensorConvergence(org.imatrixstats.tensor.TensorName.of(name), rows, toLast, toLast.clone(),
                new SamplingError(toLast.length, 0, 0, shares, toLast, toLast), null);
    }

    private Verdict verdict(double threshold, TensorConvergence... tensors) throws IOException {
        for (int i = 1; i <= tensors[0].rows().length; i++) {
            snapshot(new GgufImatrixBuilder().keys(List.of("prose.txt"), 10 * i, 1).entry(Q, counts(i), i));
        }
        return new Verdict(new Convergence(SnapshotSeries.of(open), List.of(tensors)), threshold);
    }

    @Test
    void aRunHasSettledWhereTheMedianStaysBelowTheThreshold() throws IOException {
        Verdict verdict = verdict(0.1, tensor(Q, 0, 0.05, 0.2, 0.09, 0.01, 0));
        assertEquals(OptionalLong.of(30), verdict.settled().orElseThrow().chunks());
    }

    @Test
    void theLastSnapshotAloneIsNoSettling() throws IOException {
        assertTrue(verdict(0.1, tensor(Q, 0, 0.5, 0.2, 0)).settled().isEmpty());
    }

    @Test
    void movingTensorsAreThoseWhoseErrorIsAboveTheThresholdWorstFirst() throws IOException {
        // shares² / (8 ln 2): 0.0018, 0.18 and 0.0072 bits.
        Verdict verdict = verdict(0.005, tensor("a", 0.1, 0.1, 0), tensor("b", 1, 0.1, 0), tensor("c", 0.2, 0.1, 0));
        assertEquals(List.of("b", "c"), verdict.moving().stream().map(moving -> moving.name().name()).toList());
        // 20 chunks · (0.18034 / 0.005 − 1) = 701.3; the median is 0.0072135.
        assertEquals(OptionalLong.of(702), verdict.moreChunksForAll());
        assertEquals(OptionalLong.of(9), verdict.moreChunksForMedian());
        // That of the first tensor is 0.0018.
        assertEquals(OptionalLong.of(0),
                verdict.moreChunksFor(verdict.convergence().tensors().getFirst().expectedDivergence()));
    }

    @Test
    void allHaveSettledWhereTheWorstStaysBelowTheThreshold() throws IOException {
        Verdict verdict = verdict(0.1, tensor("a", 0, 0.2, 0.05, 0.01, 0), tensor("b", 0, 0.05, 0.05, 0.05, 0),
                tensor("c", 0, 0.3, 0.2, 0.09, 0));
        assertEquals(OptionalLong.of(20), verdict.settled().orElseThrow().chunks());
        assertEquals(OptionalLong.of(30), verdict.allSettled().orElseThrow().chunks());
    }

    @Test
    void theDecayOfIndependentChunksIsThatOfOneOverN() throws IOException {
        // 1/n − 1/N with N = 5: what independent chunks are expected to give.
        double[] curve = Stream.of(1, 2, 3, 4, 5).mapToDouble(n -> 1.0 / n - 1 / 5.0).toArray();
        assertEquals(-1, verdict(0.1, tensor(Q, 0, curve)).convergence().decay(), 1e-12);
    }
}
