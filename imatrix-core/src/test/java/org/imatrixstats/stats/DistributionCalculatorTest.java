package org.imatrixstats.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.stats.ColumnDistribution.Channel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionCalculatorTest {
    private static final String NAME = "blk.0.q.weight";
    private static final float[] ONE_ROW = {1};

    @TempDir
    private Path folder;

    private static List<ColumnDistribution> distributions(Path file, int top) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            return DistributionCalculator.distributions(imatrix, StatsCalculator.report(imatrix, 2), top, 2);
        }
    }

    private ColumnDistribution ofColumns(float... energies) throws IOException {
        return distributions(new GgufImatrixBuilder().entry(NAME, ONE_ROW, energies).write(folder), 3).getFirst();
    }

    @Test
    void aBinIsHalfAnOctave() throws IOException {
        ColumnDistribution distribution = ofColumns(1, 1.41f, 1.4143f, 1.99f, 2, 2.8f, 5.7f);
        assertEquals(0, distribution.firstBin());
        assertEquals(List.of(2L, 2L, 2L, 0L, 0L, 1L), distribution.counts());
        assertEquals(4 * Math.sqrt(2), ColumnDistribution.binStart(5), 1e-12);
    }

    @Test
    void numbersBelowOneAreInBinsBelowZero() throws IOException {
        ColumnDistribution distribution = ofColumns(0.25f, 0.5f);
        assertEquals(-4, distribution.firstBin());
        assertEquals(List.of(1L, 0L, 1L), distribution.counts());
    }

    @Test
    void zerosAreCountedApart() throws IOException {
        ColumnDistribution distribution = ofColumns(0, 4, -0f);
        assertEquals(2, distribution.zeros());
        assertEquals(List.of(1L), distribution.counts());
        assertEquals(0, ofColumns(0, 0).counts().size());
    }

    @Test
    void theSmallestAndTheLargestFloatHaveABin() throws IOException {
        ColumnDistribution distribution = ofColumns(Float.MIN_VALUE, Float.MAX_VALUE);
        assertEquals(2, distribution.counts().stream().mapToLong(Long::longValue).sum());
        assertEquals(255, distribution.firstBin() + distribution.counts().size() - 1);
    }

    @Test
    void theLargestColumnsComeFirstAndOfEqualOnesTheFirst() throws IOException {
        assertEquals(List.of(new Channel(0, 3, 9), new Channel(0, 0, 5), new Channel(0, 2, 5)),
                ofColumns(5, 1, 5, 9, 5).top());
    }

    @Test
    void columnsOfExpertsAreDividedByTheCountOfTheExpertAndThoseWithoutDataLeftOut() throws IOException {
        Path file = new GgufImatrixBuilder()
                .entry("blk.0.ffn_up_exps.weight", new float[]{2, 0, 4}, 2, 8, 77, 77, 4, 32).write(folder);
        ColumnDistribution distribution = distributions(file, 2).getFirst();
        assertEquals(List.of(new Channel(2, 1, 8), new Channel(0, 1, 4)), distribution.top());
        assertEquals(List.of(2L, 0L, 0L, 0L, 1L, 0L, 1L), distribution.counts());
        assertEquals(8 / 14.0, distribution.share(distribution.top().getFirst()), 1e-15);
    }

    @Test
    void tensorsThatMakeNoSenseOrShareAnInputHaveNone() throws IOException {
        Path file = new LegacyBuilder().entry("blk.0.a.weight", 1, 1, Float.NaN, 1).entry("blk.0.b.weight", 1, 1, -1, 1)
                .entry("blk.0.c.weight", 1, 1, 2, 3).entry("blk.0.d.weight", 1, 1, 2, 3).write(folder);
        List<ColumnDistribution> distributions = distributions(file, 2);
        assertEquals(List.of("blk.0.c.weight"),
                distributions.stream().map(distribution -> distribution.tensor().name().name()).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dense-prose.gguf", "moe-prose.gguf", "moe-prose.dat",
        "tiny-english-prose.imatrix.gguf"})
    void everyColumnWithDataIsCountedOnce(String name) throws IOException {
        List<ColumnDistribution> distributions = distributions(ReferenceFiles.testdata(name), 8);
        assertTrue(distributions.size() > 10);
        for (ColumnDistribution distribution : distributions) {
            TensorStats tensor = distribution.tensor();
            assertEquals(Statistic.ELEMENTS.of(tensor),
                    distribution.zeros() + distribution.counts().stream().mapToLong(Long::longValue).sum());
            assertEquals(Statistic.MAX.of(tensor), distribution.top().getFirst().energy(), 1e-15);
            int last = distribution.firstBin() + distribution.counts().size() - 1;
            assertTrue(ColumnDistribution.binStart(last) <= Statistic.MAX.of(tensor) * (1 + 1e-7));
            assertTrue(Statistic.MAX.of(tensor) <= ColumnDistribution.binStart(last + 1) * (1 + 1e-7));
        }
    }
}
