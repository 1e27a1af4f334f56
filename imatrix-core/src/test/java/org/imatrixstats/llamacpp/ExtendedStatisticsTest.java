package org.imatrixstats.llamacpp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.stats.StatsCalculator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Digit for digit what the llama-imatrix of PR 14891 printed. */
class ExtendedStatisticsTest {
    private static final String PRINTED = ".extended.txt";

    static List<Path> files() throws IOException {
        return ReferenceFiles.withExpected(PRINTED);
    }

    @ParameterizedTest
    @MethodSource("files")
    void printsWhatTheProgramPrints(Path file) throws IOException {
        assertPrints(file);
    }

    @Test
    void printsWhatTheProgramPrintsOfRealModels() throws IOException {
        for (Path file : ReferenceFiles.realWithExpected(PRINTED)) {
            assertPrints(file);
        }
    }

    private static void assertPrints(Path file) throws IOException {
        Path printed = ReferenceFiles.expected(file, PRINTED);
        ExtendedStatistics.Tables tables = tables(file);
        assertEquals(Printed.contains(printed, "L2 Dist"), tables.withActivation());
        assertNull(tables.gap());
        assertRows(Printed.table(printed, 1), tables);
        assertLayers(Printed.table(printed, 2), tables);
    }

    private static void assertRows(List<List<String>> printed, ExtendedStatistics.Tables tables) {
        assertEquals(printed.size(), tables.rows().size());
        for (int i = 0; i < printed.size(); i++) {
            Iterator<String> fields = printed.get(i).iterator();
            ExtendedStatistics.Row row = tables.rows().get(i);
            String name = row.name();
            assertEquals(fields.next(), row.layer(), name);
            assertEquals(fields.next(), name);
            Printed.assertPrinted(fields.next(), row.mean(), name + " mean");
            Printed.assertPrinted(fields.next(), row.stddev(), name + " stddev");
            Printed.assertPrinted(fields.next(), row.skewness(), name + " skewness");
            Printed.assertPrinted(fields.next(), row.kurtosis(), name + " kurtosis");
            Printed.assertPrinted(fields.next(), row.entropyNormalized(), name + " normalized entropy");
            Printed.assertPrinted(fields.next(), row.sum(), name + " sum");
            Printed.assertPrinted(fields.next(), row.gain(), name + " gain");
            if (tables.withActivation()) {
                Printed.assertPrinted(fields.next(), row.l2Distance(), name + " L2 distance");
            }
            Printed.assertPrinted(fields.next(), row.pearson(), name + " Pearson");
            Printed.assertPrinted(fields.next(), row.covariance(), name + " covariance");
        }
    }

    private static void assertLayers(List<List<String>> printed, ExtendedStatistics.Tables tables) {
        assertEquals(printed.size(), tables.layers().size());
        for (int i = 0; i < printed.size(); i++) {
            Iterator<String> fields = printed.get(i).iterator();
            ExtendedStatistics.Layer layer = tables.layers().get(i);
            String name = "layer " + layer.layer();
            assertEquals(fields.next(), layer.layer());
            Printed.assertPrinted(fields.next(), layer.sum(), name + " sum");
            Printed.assertPrinted(fields.next(), layer.gain(), name + " gain");
            if (tables.withActivation()) {
                Printed.assertPrinted(fields.next(), layer.l2Distance(), name + " L2 distance");
            }
            Printed.assertPrinted(fields.next(), layer.cosineSimilarity(), name + " cosine similarity");
            Printed.assertPrinted(fields.next(), layer.pearson(), name + " Pearson");
            Printed.assertPrinted(fields.next(), layer.covariance(), name + " covariance");
        }
    }

    @Test
    void saysWhyThereIsNoLayerTable(@TempDir Path folder) throws IOException {
        Path file = new LegacyBuilder().entry("blk.2.q.weight", 1, 1, 2).entry("blk.5.q.weight", 1, 2, 4)
                .write(folder);
        assertEquals("layer sequence gap detected (found 2 layers in range 2-5, expected 4); "
                + "layer statistics will not be shown", tables(file).gap());
    }

    @Test
    void comparesWithTheNearestEarlierLayerThatHasData(@TempDir Path folder) throws IOException {
        Path file = new LegacyBuilder().entry("blk.0.q.weight", 1, 1, 2).entry("blk.1.q.weight", 0, 5, 5)
                .entry("blk.2.q.weight", 1, 4, 8).write(folder);
        List<ExtendedStatistics.Row> rows = tables(file).rows();
        assertEquals(List.of("0", "2"), rows.stream().map(ExtendedStatistics.Row::layer).toList());
        // 4 8 against 1 2: differences 3 and 6, deviations ±2 and ±0.5.
        assertEquals((float) Math.sqrt(45), rows.get(1).l2Distance());
        assertEquals(1, rows.get(1).covariance());
    }

    @Test
    void takesTheGainFromTheLayerThatItComparesWith(@TempDir Path folder) throws IOException {
        Path file = new LegacyBuilder().entry("blk.0.q.weight", 1, 1, 2).entry("blk.1.q.weight", 0, 5, 5)
                .entry("blk.2.q.weight", 1, 4, 8).write(folder);
        ExtendedStatistics.Tables tables = tables(file);
        assertEquals(2, tables.rows().get(1).gain());
        assertEquals(2, tables.layers().get(1).gain());
    }

    @Test
    void comparesNextnLayersAmongThemselves(@TempDir Path folder) throws IOException {
        Path file = new LegacyBuilder().entry("blk.0.q.weight", 1, 1, 2).entry("blk.1.q.weight", 1, 4, 8)
                .entry("blk.1.nextn.eh_proj.weight", 1, 3).entry("blk.2.q.weight", 1, 16, 32).write(folder);
        List<ExtendedStatistics.Row> rows = tables(file).rows();
        assertEquals(List.of("0", "mtp0", "mtp0", "mtp1"),
                rows.stream().map(ExtendedStatistics.Row::layer).toList());
        assertEquals("blk.1.q.weight", rows.get(2).name());
        assertEquals(Float.NaN, rows.get(2).gain());
        assertEquals(Float.NaN, rows.get(2).pearson());
        assertEquals(2, rows.get(3).gain());
    }

    @Test
    void putsWhatTheProgramPutsForTheUndefined(@TempDir Path folder) throws IOException {
        Path file = new LegacyBuilder().entry("blk.0.q.weight", 1, 0, 0).entry("blk.1.q.weight", 1, 0, 0)
                .entry("blk.2.q.weight", 1, 1, 3).entry("blk.0.one.weight", 1, 5).entry("blk.1.one.weight", 1, 5)
                .write(folder);
        List<ExtendedStatistics.Row> rows = tables(file).rows();
        assertEquals(List.of("blk.0.one.weight", "blk.0.q.weight", "blk.1.one.weight", "blk.1.q.weight",
                "blk.2.q.weight"), rows.stream().map(ExtendedStatistics.Row::name).toList());
        float nan = Float.NaN;
        assertEquals(new ExtendedStatistics.Row("1", "blk.1.one.weight", 5, 0, 0, 0, nan, 5, 1, 0, nan, nan),
                rows.get(2));
        assertEquals(new ExtendedStatistics.Row("1", "blk.1.q.weight", 0, 0, 0, 0, 0, 0, 1, 0, nan, 0), rows.get(3));
        // After a layer that is all zero: no gain, and a correlation of 0. Distance √(1 + 9).
        assertEquals(nan, rows.get(4).gain());
        assertEquals(0, rows.get(4).pearson());
        assertEquals((float) Math.sqrt(10), rows.get(4).l2Distance());
    }

    private static ExtendedStatistics.Tables tables(Path file) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            return ExtendedStatistics.of(imatrix, StatsCalculator.report(imatrix, 2), 2);
        }
    }
}
