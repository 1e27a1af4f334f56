package org.imatrixstats.llamacpp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Digit for digit what llama-imatrix printed. */
class ClassicStatisticsTest {
    private static final String PRINTED = ".classic.txt";

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
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            List<ClassicStatistics.Row> rows = ClassicStatistics.rows(imatrix, 2);
            assertRows(Printed.table(printed, 1), rows);
            assertLayers(Printed.table(printed, 2), ClassicStatistics.layers(rows));
        }
    }

    private static void assertRows(List<List<String>> printed, List<ClassicStatistics.Row> rows) {
        Map<String, ClassicStatistics.Row> byName = new HashMap<>();
        rows.forEach(row -> byName.put(row.layer() + " " + row.tensor(), row));
        assertEquals(rows.size(), byName.size());
        assertEquals(printed.size(), rows.size());
        for (int i = 0; i < rows.size(); i++) {
            List<String> fields = printed.get(i);
            // The order of the tensors, and of the sums within; rows of equal sums in any order.
            assertEquals(fields.get(1), rows.get(i).tensor());
            Printed.assertPrinted(fields.get(2), rows.get(i).sum(), "sum in row " + i);

            String name = fields.get(0) + " " + fields.get(1);
            ClassicStatistics.Row row = byName.get(name);
            Printed.assertPrinted(fields.get(2), row.sum(), name + " sum");
            Printed.assertPrinted(fields.get(3), row.min(), name + " min");
            Printed.assertPrinted(fields.get(4), row.max(), name + " max");
            Printed.assertPrinted(fields.get(5), row.mean(), name + " mean");
            Printed.assertPrinted(fields.get(6), row.stddev(), name + " stddev");
            Printed.assertPrinted(fields.get(7), 100 * row.active(), name + " active");
            assertEquals(fields.get(8), Long.toString(row.elements()), name + " elements");
            Printed.assertPrinted(fields.get(9), row.entropy(), name + " entropy");
            Printed.assertPrinted(fields.get(10), row.entropyNormalized(), name + " normalized entropy");
            Printed.assertPrinted(fields.get(11), 100 * row.zd(), name + " zd");
            Printed.assertPrinted(fields.get(12), row.cosineSimilarity(), name + " cosine similarity");
        }
    }

    private static void assertLayers(List<List<String>> printed, List<ClassicStatistics.Layer> layers) {
        assertTrue(!printed.isEmpty());
        assertEquals(printed.size(), layers.size());
        for (int i = 0; i < layers.size(); i++) {
            List<String> fields = printed.get(i);
            ClassicStatistics.Layer layer = layers.get(i);
            String name = "layer " + layer.layer();
            assertEquals(fields.get(0), Integer.toString(layer.layer()));
            Printed.assertPrinted(fields.get(1), layer.sum(), name + " sum");
            Printed.assertPrinted(fields.get(2), 100 * layer.zd(), name + " zd");
            Printed.assertPrinted(fields.get(3), layer.cosineSimilarity(), name + " cosine similarity");
        }
    }

    @Test
    void leavesOutTensorsWithoutDataAndPutsZeroForTheUndefined(@TempDir Path folder) throws IOException {
        Path file = new GgufImatrixBuilder().entry("blk.0.q.weight", new float[]{0}, 1, 2)
                .entry("blk.1.q.weight", new float[]{1}, 3, 3).write(folder);
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            List<ClassicStatistics.Row> rows = ClassicStatistics.rows(imatrix, 1);
            assertEquals(List.of(new ClassicStatistics.Row("1", "q", 6, 3, 3, 3, 0, 1, 2, 1, 0, 0)), rows);
            assertEquals(100, rows.getFirst().entropyNormalized());
        }
    }

    @Test
    void comparesRawSumsWithTheLayerRightBefore(@TempDir Path folder) throws IOException {
        // Counts do not matter: 3 4 · 6 8 = 50 = 5 · 10, and 4 3 against 3 4 is 24/25.
        Path file = new GgufImatrixBuilder().entry("blk.0.q.weight", new float[]{1, 9}, 3, 4)
                .entry("blk.1.q.weight", new float[]{9, 1}, 6, 8).entry("blk.2.q.weight", new float[]{1, 1}, 8, 6)
                .entry("blk.4.q.weight", new float[]{1, 1}, 8, 6).write(folder);
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            Map<String, Float> similarity = new HashMap<>();
            ClassicStatistics.rows(imatrix, 1).forEach(row -> similarity.put(row.layer(), row.cosineSimilarity()));
            assertEquals(Map.of("0", 0f, "1", 1f, "2", 0.96f, "4", 0f), similarity);
        }
    }
}
