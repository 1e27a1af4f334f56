package org.imatrixstats.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All figures against those of an independent program, which computes each in several passes over doubles. */
class ReferenceTest {
    private static final String JSON = ".json";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    /** Differences of numbers of one size: of them fewer digits are left. */
    private static final Set<String> CANCELLING = Set.of("skewness", "kurtosis", "covariance", "pearson",
            "activation.skewness", "activation.kurtosis");

    // ---- every figure of every file

    static List<Path> files() throws IOException {
        return ReferenceFiles.withExpected(JSON);
    }

    @ParameterizedTest
    @MethodSource("files")
    void agreesWithTheReference(Path file) throws IOException {
        assertAgrees(file);
    }

    @Test
    void agreesWithTheReferenceOnRealModels() throws IOException {
        for (Path file : ReferenceFiles.realWithExpected(JSON)) {
            assertAgrees(file);
        }
    }

    private static void assertAgrees(Path file) throws IOException {
        assertAgrees(file, MAPPER.readTree(ReferenceFiles.expected(file, JSON).toFile()));
    }

    static void assertAgrees(Path file, JsonNode expected) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            assertOrigin(expected.get("meta"), imatrix.origin());
            Report report = StatsCalculator.report(imatrix, 2);
            assertEquals(Set.copyOf(expected.get("tensors").propertyNames()), names(report));
            assertEquals(expected.get("tensors").size(), report.tensors().size());
            for (TensorStats tensor : report.tensors()) {
                assertTensor(expected.get("tensors").get(tensor.name().name()), tensor);
            }
            assertEquals(expected.get("layers").size(), report.layers().size());
            for (LayerStats layer : report.layers()) {
                JsonNode reference = expected.get("layers").get(Integer.toString(layer.layer().number()));
                for (LayerStatistic statistic : EnumSet.complementOf(
                        EnumSet.of(LayerStatistic.DISTINCT_INPUTS, LayerStatistic.DISTINCT_ENERGY_SUM))) {
                    assertFigure(reference.get(statistic.key()), statistic, layer, "layer " + layer.layer().number());
                }
            }
        }
    }

    private static void assertOrigin(JsonNode expected, Imatrix.Origin origin) {
        List<String> datasets = new ArrayList<>();
        expected.get("datasets").forEach(dataset -> datasets.add(dataset.asString()));
        assertEquals(expected.get("format").asString(), origin.format().label());
        assertEquals(integer(expected.get("gguf_version")), origin.ggufVersion());
        assertEquals(datasets, origin.datasets());
        assertEquals(integer(expected.get("chunk_count")), origin.chunkCount());
        assertEquals(integer(expected.get("chunk_size")), origin.chunkSize());
    }

    private static OptionalLong integer(JsonNode node) {
        return node.isNull() ? OptionalLong.empty() : OptionalLong.of(node.asLong());
    }

    private static void assertTensor(JsonNode expected, TensorStats tensor) {
        String name = tensor.name().name();
        assertEquals(expected.get("layer").isNull() ? -1 : expected.get("layer").asInt(), tensor.name().layer());
        for (int expert = 0; expert < tensor.entry().experts(); expert++) {
            assertEquals(expected.get("counts").get(expert).asLong(), tensor.entry().count(expert), name);
        }
        JsonNode comparison = expected.path("against_previous");
        assertEquals(comparison.path("previous").asString(null),
                tensor.previous() == null ? null : tensor.previous().name(), name);
        assertEquals(comparison.path("basis").asString(null),
                tensor.basis() == null ? null : tensor.basis().label(), name);
        for (Statistic statistic : Statistic.values()) {
            if (isInReference(statistic)) {
                assertFigure(reference(expected, statistic), statistic, tensor, name);
            }
        }
    }

    /** The reference knows nothing of ranks and of the use of experts; a legacy file does not store their number. */
    private static boolean isInReference(Statistic statistic) {
        return statistic.compareTo(Statistic.GAIN) <= 0 && statistic != Statistic.EXPERTS;
    }

    /** Where in the reference a figure stands. */
    private static JsonNode reference(JsonNode tensor, Statistic statistic) {
        return switch (statistic) {
            case EXPERTS_WITHOUT_DATA -> tensor.get(statistic.key());
            case ELEMENTS, SUM, MIN, MAX, MEAN, STDDEV, SKEWNESS, KURTOSIS, ACTIVE, ENTROPY, ENTROPY_NORMALIZED, ZD ->
                tensor.path("energy").path(statistic.key());
            case ACTIVATION_MEAN, ACTIVATION_STDDEV, ACTIVATION_SKEWNESS, ACTIVATION_KURTOSIS ->
                tensor.path("activation").path(statistic.key().substring("activation.".length()));
            case COSINE_SIMILARITY, L2_DISTANCE, PEARSON, COVARIANCE, GAIN ->
                tensor.path("against_previous").path(statistic.key());
            default -> throw new IllegalArgumentException(statistic + " is not in the reference");
        };
    }

    private static <R> void assertFigure(JsonNode reference, Figure<R> statistic, R row, String name) {
        boolean undefined = reference == null || reference.isNull() || reference.isMissingNode();
        double expected = undefined ? Double.NaN : reference.asDouble();
        double relative = CANCELLING.contains(statistic.key()) ? 1e-6 : 1e-9;
        double near0 = CANCELLING.contains(statistic.key()) ? 1e-9 : 0;
        double tolerance = undefined ? 0 : Math.max(near0, relative * Math.abs(expected));
        assertEquals(expected, statistic.of(row), tolerance, () -> name + " " + statistic.key());
    }

    private static Set<String> names(Report report) {
        Set<String> names = new TreeSet<>();
        report.tensors().forEach(tensor -> names.add(tensor.name().name()));
        return names;
    }

    // ---- vectors of several blocks

    /** 1 to n, twice: as two experts that saw different numbers of rows, and in the layer before as one. */
    private static Path longVectors(Path folder, int n) throws IOException {
        float[] twice = new float[2 * n];
        float[] backwards = new float[2 * n];
        for (int i = 0; i < n; i++) {
            twice[i] = 4 * (i + 1);
            twice[n + i] = 2 * (i + 1);
            backwards[i] = n - i;
            backwards[n + i] = n - i;
        }
        return new GgufImatrixBuilder().entry("blk.0.q.weight", new float[]{1}, backwards)
                .entry("blk.1.q.weight", new float[]{4, 2}, twice).inSum("blk.1.q.weight", 2, twice).write(folder);
    }

    @Test
    void mergesBlocksAndExperts(@TempDir Path folder) throws IOException {
        int n = 20_011;
        double n2 = (double) n * n;
        double variance = (n2 - 1) / 12;
        try (Imatrix imatrix = ImatrixReader.open(longVectors(folder, n))) {
            TensorStats tensor = StatsCalculator.report(imatrix, 2).tensors().get(1);
            assertEquals("blk.1.q.weight", tensor.name().name());
            assertEquals(2 * n, Statistic.ELEMENTS.of(tensor));
            assertEquals((double) n * (n + 1), Statistic.SUM.of(tensor));
            assertEquals((n + 1) / 2.0, Statistic.MEAN.of(tensor), 1e-8);
            assertEquals(1, Statistic.MIN.of(tensor));
            assertEquals(n, Statistic.MAX.of(tensor));
            assertEquals(Math.sqrt(variance), Statistic.STDDEV.of(tensor), 1e-8);
            assertEquals(0, Statistic.SKEWNESS.of(tensor), 1e-12);
            // Discrete uniform distribution.
            assertEquals(-6 * (n2 + 1) / (5 * (n2 - 1)), Statistic.KURTOSIS.of(tensor), 1e-12);
            // Integers above (n + 1)/2 + sqrt((n² - 1)/12) = 10006 + 5776.68: 15783 to 20011 of 20011.
            assertEquals(4229 / (double) n, Statistic.ZD.of(tensor));
            assertEquals((n + 1) / 2.0, Statistic.ACTIVATION_MEAN.of(tensor), 1e-8);
            assertEquals(-6 * (n2 + 1) / (5 * (n2 - 1)), Statistic.ACTIVATION_KURTOSIS.of(tensor), 1e-12);
            assertEquals(-1, Statistic.PEARSON.of(tensor), 1e-12);
            assertEquals(-variance, Statistic.COVARIANCE.of(tensor), 1e-12 * variance);
            // Σ (2i - n - 1)² = n(n² - 1)/3, twice.
            assertEquals(Math.sqrt(2 * n * (n2 - 1) / 3), Statistic.L2_DISTANCE.of(tensor), 1e-6);
            // Σ i(n + 1 - i) / Σ i² = (n + 2)/(2n + 1)
            assertEquals((n + 2) / (2.0 * n + 1), Statistic.COSINE_SIMILARITY.of(tensor), 1e-12);
            assertEquals(1, Statistic.GAIN.of(tensor), 1e-12);
        }
    }

    // ---- threads

    @Test
    void givesTheSameBitsForAnyNumberOfThreads(@TempDir Path folder) throws IOException {
        for (Path file : List.of(longVectors(folder, 20_011), ReferenceFiles.testdata("moe-act-prose.gguf"))) {
            try (Imatrix imatrix = ImatrixReader.open(file)) {
                long[] one = bits(StatsCalculator.report(imatrix, 1));
                for (int threads : new int[]{2, 3, 8}) {
                    assertArrayEquals(one, bits(StatsCalculator.report(imatrix, threads)), threads + " threads");
                }
            }
        }
    }

    private static long[] bits(Report report) {
        List<Double> figures = new ArrayList<>();
        for (TensorStats tensor : report.tensors()) {
            for (Statistic statistic : Statistic.values()) {
                figures.add(statistic.of(tensor));
            }
        }
        for (LayerStats layer : report.layers()) {
            for (LayerStatistic statistic : LayerStatistic.values()) {
                figures.add(statistic.of(layer));
            }
        }
        return figures.stream().mapToLong(Double::doubleToRawLongBits).toArray();
    }

    // ---- both containers

    @ParameterizedTest
    @MethodSource("runs")
    void agreesBetweenTheContainersOfOneRun(String run, int comparableTensors) throws IOException {
        try (Imatrix legacy = ImatrixReader.open(ReferenceFiles.testdata(run + ".dat"));
                Imatrix gguf = ImatrixReader.open(ReferenceFiles.testdata(run + ".gguf"))) {
            Map<String, TensorStats> ofGguf = new HashMap<>();
            StatsCalculator.report(gguf, 2).tensors().forEach(tensor -> ofGguf.put(tensor.name().name(), tensor));
            int compared = 0;
            for (TensorStats tensor : StatsCalculator.report(legacy, 2).tensors()) {
                TensorStats other = ofGguf.remove(tensor.name().name());
                // A legacy file says 1.0 for all columns of an expert that no row reached.
                if (other.entry().expertsWithoutData() == 0 && other.entry().experts() == 1) {
                    assertAgrees(tensor, other);
                    compared++;
                }
            }
            assertTrue(ofGguf.isEmpty(), "only in the GGUF file: " + ofGguf.keySet());
            assertEquals(comparableTensors, compared);
        }
    }

    static List<Object[]> runs() {
        // moe: 4 layers of q, k, v, attention output and router; the experts are not comparable.
        return List.of(new Object[]{"dense-prose", 42}, new Object[]{"moe-prose", 20});
    }

    private static void assertAgrees(TensorStats legacy, TensorStats gguf) {
        for (Statistic statistic : Statistic.values()) {
            double expected = statistic.of(gguf);
            // Each value was rounded to float32 in other units: 2^-24 each, and more in what is a difference.
            double tolerance = Double.isNaN(expected) ? 0 : 1e-6 * Math.max(1, Math.abs(expected));
            assertEquals(expected, statistic.of(legacy), tolerance, () -> legacy.name() + " " + statistic.key());
        }
    }

    // ---- inputs that tensors share

    @Test
    void namesTheFirstTensorOfTheLayerThatHoldsTheSame() throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(ReferenceFiles.testdata("dense-prose.gguf"))) {
            Map<String, String> same = new HashMap<>();
            for (TensorStats tensor : StatsCalculator.report(imatrix, 2).tensors()) {
                if (tensor.sameInputAs() != null) {
                    same.put(tensor.name().name(), tensor.sameInputAs().name());
                }
            }
            // q and v as k, up as gate, in each of 6 layers
            assertEquals(18, same.size());
            assertEquals("blk.3.attn_k.weight", same.get("blk.3.attn_q.weight"));
            assertEquals("blk.3.attn_k.weight", same.get("blk.3.attn_v.weight"));
            assertEquals("blk.3.ffn_gate.weight", same.get("blk.3.ffn_up.weight"));
            assertFalse(same.containsKey("blk.3.attn_k.weight"));
        }
    }
}
