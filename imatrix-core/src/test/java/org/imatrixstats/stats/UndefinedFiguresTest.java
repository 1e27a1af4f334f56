package org.imatrixstats.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.imatrixstats.tensor.Layer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What there is no answer to is NaN, and said. */
class UndefinedFiguresTest {
    private static final String FIRST = "blk.0.q.weight";
    private static final String SECOND = "blk.1.q.weight";
    private static final Set<Statistic> COUNTS = EnumSet.of(Statistic.ELEMENTS, Statistic.EXPERTS,
            Statistic.EXPERTS_WITHOUT_DATA);
    private static final Set<Statistic> COMPARISONS = EnumSet.range(Statistic.COSINE_SIMILARITY, Statistic.GAIN);

    @TempDir
    Path folder;

    @Test
    void badValuesLeaveAllFiguresUndefined() throws IOException {
        for (float bad : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            Report report = report(new LegacyBuilder().entry(FIRST, 1, 1, 2, 3).entry(SECOND, 1, 1, bad, 3));
            assertEquals(
                    List.of("tensor '" + SECOND
                            + "': NaN or infinite values, figures are undefined"),
                    report.warnings());
            assertUndefined(EnumSet.complementOf(EnumSet.copyOf(COUNTS)), report.tensors().get(1));
            assertEquals(6, Statistic.SUM.of(report.tensors().get(0)));
        }
    }

    @Test
    void comparisonsWithBadValuesAreUndefined() throws IOException {
        for (float bad : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            Report report = report(new LegacyBuilder().entry(FIRST, 1, 1, bad, 3).entry(SECOND, 1, 1, 2, 3));
            assertUndefined(COMPARISONS, report.tensors().get(1));
            assertEquals(6, Statistic.SUM.of(report.tensors().get(1)));
            LayerStats layer = report.layers().get(1);
            for (LayerStatistic statistic : EnumSet.range(LayerStatistic.COSINE_SIMILARITY, LayerStatistic.GAIN)) {
                assertEquals(Double.NaN, statistic.of(layer), statistic.key());
            }
            assertEquals(Double.NaN, LayerStatistic.ENERGY_SUM.of(report.layers().get(0)));
        }
    }

    @Test
    void badSumsOfXLeaveTheirFiguresUndefined() throws IOException {
        Report report = report(
                new GgufImatrixBuilder().entry(FIRST, new float[]{1}, 1, 2).inSum(FIRST, 1, 1, Float.NaN));
        assertEquals(List.of(
                "tensor '" + FIRST + "': NaN or infinite sums of x, figures of E[x] are undefined"),
                report.warnings());
        assertUndefined(EnumSet.range(Statistic.ACTIVATION_MEAN, Statistic.ACTIVATION_KURTOSIS),
                report.tensors().getFirst());
        assertEquals(3, Statistic.SUM.of(report.tensors().getFirst()));
    }

    @Test
    void negativeSumsOfSquaresHaveNoEntropy() throws IOException {
        Report report = report(new LegacyBuilder().entry(FIRST, 1, 4, -1, 3));
        assertEquals(List.of("tensor '" + FIRST + "': negative sums of squares, entropy is undefined"),
                report.warnings());
        assertUndefined(EnumSet.of(Statistic.ENTROPY, Statistic.ENTROPY_NORMALIZED), report.tensors().getFirst());
        assertEquals(-1, Statistic.MIN.of(report.tensors().getFirst()));
        assertEquals(2, Statistic.MEAN.of(report.tensors().getFirst()));
        assertEquals(1, Statistic.ACTIVE.of(report.tensors().getFirst()));
    }

    /** 6 and −6 are no parts of 0. */
    @Test
    void aKindWithANegativeSumHasNoShares() throws IOException {
        Report report = report(new LegacyBuilder().entry(FIRST, 1, 4, 2).entry(SECOND, 1, -4, -2)
                .entry("blk.0.k.weight", 1, 3));
        for (TensorStats tensor : report.tensors()) {
            boolean alone = tensor.name().kind().equals("k");
            assertEquals(alone ? 1 : Double.NaN, Statistic.SHARE_OF_KIND.of(tensor), tensor.name().name());
        }
        for (KindStats kind : report.kinds()) {
            assertEquals(Double.NaN, KindStatistic.SHARE.of(kind), kind.kind());
        }
    }

    @Test
    void anEntryWithoutCallsHasNoFigures() throws IOException {
        Report report = report(new LegacyBuilder().entry(FIRST, 0, 1, 2).entry(SECOND, 1, 1, 2));
        TensorStats empty = report.tensors().get(0);
        assertEquals(List.of("tensor '" + FIRST + "': no data, figures are undefined"), report.warnings());
        assertEquals(0, Statistic.ELEMENTS.of(empty));
        assertEquals(1, Statistic.EXPERTS_WITHOUT_DATA.of(empty));
        assertUndefined(EnumSet.complementOf(EnumSet.copyOf(COUNTS)), empty);
        assertEquals(List.of(new Layer("", 1)), report.layers().stream().map(LayerStats::layer).toList());
        assertNull(report.tensors().get(1).previous());
        assertUndefined(COMPARISONS, report.tensors().get(1));
    }

    @Test
    void tensorsWithTheSameTroubleShareAWarning() throws IOException {
        Report report = report(new LegacyBuilder().entry(FIRST, 0, 1, 2).entry(SECOND, 0, 1, 2));
        assertEquals(List.of("tensor '" + FIRST + "' and 1 more: no data, figures are undefined"), report.warnings());
    }

    @Test
    void anEntryOfWhichNoExpertHasDataHasNoFigures() throws IOException {
        Report report = report(new GgufImatrixBuilder().entry(FIRST, new float[]{0, 0}, 1, 2, 3, 4));
        assertEquals(List.of("tensor '" + FIRST + "': no data, figures are undefined"), report.warnings());
        assertUndefined(EnumSet.complementOf(EnumSet.copyOf(COUNTS)), report.tensors().getFirst());
    }

    @Test
    void expertsWithoutDataAreLeftOutOfEveryFigure() throws IOException {
        // What stands for the expert without data must not matter.
        for (float filler : new float[]{0, 1e9f, -1, Float.NaN}) {
            Report report = report(new GgufImatrixBuilder()
                    .entry(FIRST, new float[]{1, 1, 0}, 1, 2, 5, 5, filler, filler)
                    .entry(SECOND, new float[]{2, 0, 2}, 2, 6, filler, filler, 10, 14));
            TensorStats tensor = report.tensors().get(1);
            assertEquals(List.of(), report.warnings());
            // 1 3 5 7
            assertEquals(4, Statistic.ELEMENTS.of(tensor));
            assertEquals(1, Statistic.EXPERTS_WITHOUT_DATA.of(tensor));
            assertEquals(16, Statistic.SUM.of(tensor));
            assertEquals(Math.sqrt(5), Statistic.STDDEV.of(tensor), 1e-15);
            assertEquals(1, Statistic.MIN.of(tensor));
            assertEquals(7, Statistic.MAX.of(tensor));
            // Both have the first expert: 1 3 against 1 2.
            assertEquals(1, Statistic.L2_DISTANCE.of(tensor), 1e-15);
            assertEquals(0.5, Statistic.COVARIANCE.of(tensor), 1e-15);
            // Each over all that it has: 16/4 against 13/4.
            assertEquals(Math.sqrt(16 / 13.0), Statistic.GAIN.of(tensor), 1e-15);
        }
    }

    @Test
    void expertsWithoutACommonOneCannotBeCompared() throws IOException {
        Report report = report(new GgufImatrixBuilder().entry(FIRST, new float[]{1, 0}, 1, 2, 0, 0).entry(SECOND,
                new float[]{0, 1}, 0, 0, 1, 2));
        assertNull(report.tensors().get(1).previous());
        assertUndefined(COMPARISONS, report.tensors().get(1));
    }

    @Test
    void tensorsOfDifferentSizeCannotBeCompared() throws IOException {
        Report report = report(new LegacyBuilder().entry(FIRST, 1, 1, 2).entry(SECOND, 1, 1, 2, 3));
        assertNull(report.tensors().get(1).previous());
        assertUndefined(COMPARISONS, report.tensors().get(1));
    }

    @Test
    void aConstantVectorHasNoShape() throws IOException {
        Report report = report(new LegacyBuilder().entry(FIRST, 3, 1, 2, 9).entry(SECOND, 3, 0.3f, 0.3f, 0.3f));
        TensorStats constant = report.tensors().get(1);
        assertEquals(List.of(), report.warnings());
        assertEquals(0, Statistic.STDDEV.of(constant));
        assertEquals(0, Statistic.ZD.of(constant));
        assertEquals(1, Statistic.ENTROPY_NORMALIZED.of(constant), 1e-14);
        assertUndefined(EnumSet.of(Statistic.SKEWNESS, Statistic.KURTOSIS, Statistic.PEARSON), constant);
        // cos(1 2 9, 1 1 1) = 12 / √(86·3)
        assertEquals(12 / Math.sqrt(86 * 3), Statistic.COSINE_SIMILARITY.of(constant), 1e-14);
    }

    @Test
    void oneColumnHasNoSpread() throws IOException {
        TensorStats one = report(new LegacyBuilder().entry(FIRST, 2, 7)).tensors().getFirst();
        assertEquals(1, Statistic.ELEMENTS.of(one));
        assertEquals(3.5, Statistic.MEAN.of(one));
        assertEquals(0, Statistic.STDDEV.of(one));
        assertEquals(0, Statistic.ZD.of(one));
        assertEquals(0, Statistic.ENTROPY.of(one), 1e-14);
        assertUndefined(EnumSet.of(Statistic.ENTROPY_NORMALIZED, Statistic.SKEWNESS, Statistic.KURTOSIS), one);
    }

    @Test
    void anAllZeroEntryHasNoEntropyAndNoGainAfterIt() throws IOException {
        Report report = report(new LegacyBuilder().entry(FIRST, 2, 0, 0).entry(SECOND, 2, 1, 2));
        TensorStats zero = report.tensors().get(0);
        assertEquals(0, Statistic.SUM.of(zero));
        assertEquals(0, Statistic.ACTIVE.of(zero));
        assertEquals(0, Statistic.ZD.of(zero));
        assertUndefined(EnumSet.of(Statistic.ENTROPY, Statistic.ENTROPY_NORMALIZED, Statistic.SKEWNESS), zero);
        assertUndefined(EnumSet.of(Statistic.COSINE_SIMILARITY, Statistic.PEARSON, Statistic.GAIN),
                report.tensors().get(1));
        assertEquals(Math.sqrt(0.25 + 1), Statistic.L2_DISTANCE.of(report.tensors().get(1)), 1e-15);
    }

    @Test
    void aGainFromTinyEnergiesIsDefined() throws IOException {
        Report report = report(new LegacyBuilder().entry(FIRST, 1, 1e-30f, 1e-30f).entry(SECOND, 1, 4e-30f, 4e-30f));
        assertEquals(2, Statistic.GAIN.of(report.tensors().get(1)), 1e-6);
        assertEquals(2, LayerStatistic.GAIN.of(report.layers().get(1)), 1e-6);
    }

    @Test
    void theGainOfALayerLeavesOutNoTensor() throws IOException {
        LegacyBuilder sound = new LegacyBuilder().entry(FIRST, 1, 1, 1).entry(SECOND, 1, 4, 4);
        // Nothing in layer 0: 4 + 4 + 16 + 16 over 1 + 1 + 0 + 0.
        assertEquals(Math.sqrt(20), LayerStatistic.GAIN.of(report(sound.entry("blk.0.k.weight", 1, 0, 0)
                .entry("blk.1.k.weight", 1, 16, 16)).layers().get(1)), 1e-15);
        for (float[] v : new float[][]{{Float.NaN, 1}, {1, Float.NaN}}) {
            Report report = report(new LegacyBuilder().entry(FIRST, 1, 1, 1).entry(SECOND, 1, 4, 4)
                    .entry("blk.0.v.weight", 1, v[0], 1).entry("blk.1.v.weight", 1, v[1], 1));
            assertEquals(Double.NaN, LayerStatistic.GAIN.of(report.layers().get(1)));
        }
    }

    @Test
    void theLargestFloatsAreNotInfinite() throws IOException {
        float max = Float.MAX_VALUE;
        Report report = report(new LegacyBuilder().entry(FIRST, 1, max, max, 0).entry(SECOND, 1, max, 0, max));
        TensorStats tensor = report.tensors().get(1);
        assertEquals(List.of(), report.warnings());
        assertEquals(2.0 * max, Statistic.SUM.of(tensor));
        assertEquals(1, Statistic.ENTROPY.of(tensor), 1e-12);
        assertEquals(-1.5, Statistic.KURTOSIS.of(tensor), 1e-12); // two values a third apart: m4/m2² = 3/2
        assertEquals(0.5, Statistic.COSINE_SIMILARITY.of(tensor), 1e-12);
        assertEquals(1, Statistic.GAIN.of(tensor), 1e-12);
    }

    @Test
    void aHugeBlockNumberTakesNoTime() {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            Report report = report(new LegacyBuilder().entry(FIRST, 1, 1, 2).entry("blk.999999999.q.weight", 1, 1, 2)
                    .entry("blk.999999998.k.weight", 1, 1, 2));
            assertEquals(FIRST, report.tensors().get(2).previous().name());
            assertNull(report.tensors().get(1).previous());
        });
    }

    private Report report(LegacyBuilder file) throws IOException {
        return report(file.write(folder));
    }

    private Report report(GgufImatrixBuilder file) throws IOException {
        return report(file.write(folder));
    }

    private static Report report(Path file) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            return StatsCalculator.report(imatrix, 2);
        }
    }

    private static void assertUndefined(Set<Statistic> statistics, TensorStats tensor) {
        assertTrue(!statistics.isEmpty());
        for (Statistic statistic : statistics) {
            assertEquals(Double.NaN, statistic.of(tensor), () -> tensor.name() + " " + statistic.key());
        }
    }
}
