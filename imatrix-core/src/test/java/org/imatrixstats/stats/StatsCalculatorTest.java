package org.imatrixstats.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries that hold the same are walked once, but each is compared with the earlier layer's entry of its own name. */
class StatsCalculatorTest {
    private static final float[] ONE_ROW = {1};

    @TempDir
    private Path folder;

    @Test
    void comparesTensorsThatHoldTheSameWithTheirOwnPredecessors() throws IOException {
        Path file = new GgufImatrixBuilder().entry("blk.0.a.weight", ONE_ROW, 1, 0)
                .entry("blk.0.b.weight", ONE_ROW, 0, 1)
                .entry("blk.1.a.weight", ONE_ROW, 3, 4).entry("blk.1.b.weight", ONE_ROW, 3, 4).write(folder);
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            Report report = StatsCalculator.report(imatrix, 2);
            TensorStats a = report.tensors().get(2);
            TensorStats b = report.tensors().get(3);
            assertNull(a.sameInputAs());
            assertEquals("blk.1.a.weight", b.sameInputAs().name());
            // (3, 4) has length 5: the cosines of its angles to the axes are 3/5 and 4/5.
            assertEquals(0.6, Statistic.COSINE_SIMILARITY.of(a), 1e-15);
            assertEquals(0.8, Statistic.COSINE_SIMILARITY.of(b), 1e-15);
            assertEquals("blk.0.b.weight", b.previous().name());
        }
    }

    @Test
    void infersNoExpertsFromATensorWithoutColumns() throws IOException {
        Path file = new GgufImatrixBuilder().entry("blk.0.ffn_gate_inp.weight", ONE_ROW, 1, 2)
                .entry("blk.0.ffn_gate_exps.weight", ONE_ROW).write(folder);
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            assertTrue(StatsCalculator.report(imatrix, 1).tensors().getFirst().expertCount().isEmpty());
        }
    }
}
