package org.imatrixstats.spectrum;

import static org.imatrixstats.spectrum.ReferenceSpectra.assertClose;
import static org.imatrixstats.spectrum.ReferenceSpectra.assertExponents;
import static org.imatrixstats.spectrum.ReferenceSpectra.doubles;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.imatrixstats.journal.FigureCache;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.spectrum.SpectrumOptions.Method;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

/** All figures of two models against those of an independent program. */
class SpectrumReferenceTest {
    private static final List<String> IMATRICES = List.of("tiny-english-prose.imatrix.gguf",
            "tiny-english-code.imatrix.gguf");

    private static JsonNode expectedOfTrained;
    private static ModelSpectrum trained;

    @BeforeAll
    static void lookAtTheTrainedModel() throws IOException {
        expectedOfTrained = ReferenceSpectra.read("tiny-english-f16");
        trained = spectrum("models/tiny-english-f16.gguf", IMATRICES, Method.EXACT, 2, FigureCache.none());
    }

    private static ModelSpectrum spectrum(String model, List<String> imatrices, Method method, int threads,
            FigureCache cache) throws IOException {
        List<Imatrix> open = new ArrayList<>();
        try (GgufModel source = GgufModel.open(ReferenceFiles.testdata(model))) {
            for (String name : imatrices) {
                open.add(ImatrixReader.read(MappedFile.open(ReferenceFiles.testdata(name))));
            }
            return SpectrumCalculator.spectrum(source, new SpectrumOptions(method, open, List.of(0.5, 0.7), _ -> true,
                    SpectrumOptions::isScored, threads, cache), _ -> {
                    }, _ -> {
                    });
        } finally {
            for (Imatrix imatrix : open) {
                imatrix.close();
            }
        }
    }

    @Test
    void everyFigureOfMadeMatricesAgrees() throws IOException {
        JsonNode expected = ReferenceSpectra.read("matrices");
        ModelSpectrum actual = spectrum("spectrum/matrices.gguf", List.of(), Method.EXACT, 2, FigureCache.none());
        assertMatrices(expected, actual);
        assertEquals(
                expected.get("skipped").values().stream()
                        .map(row -> row.get("name").asString() + ": " + row.get("why").asString())
                        .collect(Collectors.toSet()),
                actual.skipped().stream().map(each -> each.name() + ": " + each.why()).collect(Collectors.toSet()));
    }

    @Test
    void everyFigureOfATrainedModelAgrees() {
        assertMatrices(expectedOfTrained, trained);
    }

    private static void assertMatrices(JsonNode expected, ModelSpectrum actual) {
        assertEquals(expected.get("tensors").size(), actual.matrices().size());
        for (int i = 0; i < actual.matrices().size(); i++) {
            assertMatrix(expected.get("tensors").get(i), actual.matrices().get(i));
        }
    }

    private static void assertMatrix(JsonNode expected, MatrixSpectrum actual) {
        String where = expected.get("name").asString() + " " + expected.get("expert");
        assertEquals(expected.get("name").asString(), actual.name().name());
        assertEquals(expected.get("expert").isNull() ? -1 : expected.get("expert").asInt(), actual.expert(), where);
        Spectrum spectrum = actual.spectrum();
        double[] sigma = doubles(expected.get("singular_values"));
        assertArrayEquals(sigma, spectrum.sigma(), 1e-10 * sigma[0], where);
        assertEquals(expected.get("rank").asInt(), spectrum.rank(), where + " rank");
        expected.get("magnitude").forEachEntry((ratio, row) -> {
            Magnitude threshold = actual.thresholds().stream()
                    .filter(each -> each.ratio() == Double.parseDouble(ratio)).findFirst().orElseThrow();
            assertEquals(row.get("threshold").asDouble(), threshold.threshold(), where);
            assertEquals(row.get("pruned").asLong(), threshold.pruned(), where);
        });
        if (sigma[0] == 0) {
            assertTrue(spectrum.isZero());
            return;
        }
        assertEquals(expected.get("rank_f32").asInt(), spectrum.rankF32(), where + " rank_f32");
        for (SpectrumStatistic statistic : SpectrumStatistic.values()) {
            JsonNode value = expected.at("/" + statistic.key().replace('.', '/'));
            boolean sensitive = statistic.key().contains("alpha") || statistic.key().startsWith("farms")
                    || statistic.key().equals("condition");
            if (!value.isMissingNode() && !sensitive) {
                assertClose(value, statistic.of(actual), 1e-8, where + " " + statistic.key());
            }
        }
        assertEdges(expected.get("mp"), spectrum.marchenkoPastur(), where + " mp");
        double condition = expected.get("condition").isNull()
                ? Double.POSITIVE_INFINITY
                : expected.get("condition").asDouble();
        if (ReferenceSpectra.comparable(condition)) {
            assertClose(expected.get("condition"), spectrum.condition(), 1e-4, where + " condition");
            assertExponents(expected.get("alpha"), actual.exponents(), where);
            for (String key : List.of("none", "xmin_peak")) {
                JsonNode law = expected.get("alpha").get(key);
                if (!law.isNull()) {
                    assertClose(expected.get("log_alpha_norm_" + key),
                            spectrum.logAlphaNorm(law.get("alpha").asDouble()), 1e-6, where);
                }
            }
            JsonNode farms = expected.get("farms");
            assertEquals(farms.get("windows").asInt(), actual.farms().windows(), where);
            assertEquals(farms.get("windows_used").asInt(), actual.farms().windowsUsed(), where);
            assertEquals(farms.get("eigenvalues_used").asInt(), actual.farms().used(), where);
            assertExponents(farms, actual.farms().exponents(), where + " farms");
        }
    }

    private static void assertEdges(JsonNode expected, MarchenkoPastur actual, String where) {
        assertClose(expected.get("sigma2"), actual.variance(), 1e-8, where);
        assertEquals(expected.get("lambda_minus").asDouble(), actual.minus(), 1e-8 * actual.plus(), where);
        assertClose(expected.get("lambda_plus"), actual.plus(), 1e-8, where);
        if (!expected.get("nearest").isNull() && expected.get("nearest").asDouble() > 1e-6) {
            assertEquals(expected.get("spikes").asInt(), actual.spikes(), where);
            assertClose(expected.get("nearest"), actual.nearest(), 1e-6, where);
        }
        JsonNode bulk = expected.get("bulk");
        if (bulk == null) {
            return;
        }
        if (bulk.isNull()) {
            assertNull(actual.bulk(), where);
        } else {
            assertEdges(bulk, actual.bulk(), where + " bulk");
        }
    }

    @Test
    void layersHaveTheExpectedScoresAndEntropies() {
        JsonNode layers = expectedOfTrained.get("layers");
        assertEquals(layers.size(), trained.layers().size());
        for (int i = 0; i < layers.size(); i++) {
            JsonNode expected = layers.get(i);
            LayerSpectrum actual = trained.layers().get(i);
            String where = "layer " + i;
            assertEquals(expected.get("layer").asInt(), actual.layer().number());
            assertEquals(expected.get("matrices").asInt(), actual.matrices().size());
            assertEquals(expected.get("numel").asLong(), actual.elements());
            for (Estimator estimator : Estimator.values()) {
                assertClose(expected.get("score").get(estimator.toString()), actual.score(estimator), 1e-6, where);
            }
            assertClose(expected.get("score_farms_hill_tenth"), actual.farmsScore(Estimator.HILL_TENTH), 1e-6, where);
            assertClose(expected.get("stable_rank"), actual.stableRank(), 1e-8, where);
            assertClose(expected.get("entropy_deficit"), actual.entropyDeficit(), 1e-8, where);
            assertEntropy(expected.get("v"), actual.v(), where + " v");
            assertEntropy(expected.get("qk"), actual.qk(), where + " qk");
            assertClose(expected.get("qk").get("effective_rank"), actual.qk().effectiveRank(), 1e-8, where);
            assertClose(expected.get("qk").get("stable_rank"), actual.qk().stableRank(), 1e-8, where);
        }
    }

    private static void assertEntropy(JsonNode expected, Entropy actual, String where) {
        assertClose(expected.get("entropy"), actual.entropy(), 1e-8, where);
        assertClose(expected.get("entropy_published"), actual.published(), 1e-8, where);
        assertClose(expected.get("baseline"), actual.baseline(), 1e-12, where);
    }

    @Test
    void scoresMapToTheExpectedSparsities() {
        long[] sizes = trained.layers().stream().mapToLong(LayerSpectrum::elements).toArray();
        for (Estimator estimator : List.of(Estimator.XMIN_PEAK, Estimator.XMIN_MID, Estimator.NONE,
                Estimator.HILL_HALF)) {
            double[] scores = trained.layers().stream().mapToDouble(layer -> layer.score(estimator)).toArray();
            SparsityTest.assertMappings(expectedOfTrained.get("sparsity").get(estimator.toString()), scores, sizes,
                    1e-6);
        }
    }

    @Test
    void saliencyCurvesAndOutliersAgree() {
        for (int i = 0; i < IMATRICES.size(); i++) {
            int number = i;
            JsonNode expected = expectedOfTrained.get("imatrix").get(IMATRICES.get(i));
            Map<String, Saliency> saliencies = trained.matrices().stream()
                    .filter(matrix -> matrix.saliencies().get(number) != null)
                    .collect(Collectors.toMap(matrix -> matrix.name().name(),
                            matrix -> matrix.saliencies().get(number)));
            assertEquals(expected.get("wanda").size(), saliencies.size());
            for (JsonNode row : expected.get("wanda")) {
                String where = row.get("name").asString();
                Saliency actual = saliencies.get(where);
                assertArrayEquals(doubles(row.get("score_share")), actual.scoreShare(), 1e-9, where);
                assertArrayEquals(doubles(row.get("energy_share")), actual.energyShare(), 1e-9, where);
                assertEquals(row.at("/two_of_four/score_share").asDouble(), actual.pairScore(), 1e-9, where);
                assertEquals(row.at("/two_of_four/energy_share").asDouble(), actual.pairEnergy(), 1e-9, where);
                assertEquals(row.get("top_columns").asDouble(), actual.topColumns(), 1e-9, where);
            }
            for (int factor : Saliency.FACTORS) {
                double[] percent = doubles(expected.get("owl").get("outliers").get(Integer.toString(factor)));
                for (int layer = 0; layer < percent.length; layer++) {
                    LayerSpectrum actual = trained.layers().get(layer);
                    assertEquals(percent[layer], actual.outliers(i, factor), 100.0 / actual.elements() * 1.01);
                }
            }
            double[] five = trained.layers().stream().mapToDouble(layer -> layer.outliers(number, 5)).toArray();
            assertArrayEquals(doubles(expected.get("owl").get("S=0.7 lambda=0.08")),
                    Sparsity.ofOutliers(five, 0.7, 0.08), 1e-5);
            assertArrayEquals(doubles(expected.get("owl").get("S=0.5 lambda=0.08")),
                    Sparsity.ofOutliers(five, 0.5, 0.08), 1e-5);
        }
    }

    @Test
    void scoresAgreeAsExpectedAndTheTwoRulesPointInOppositeDirections() {
        JsonNode expected = expectedOfTrained.get("agreement");
        Map<String, double[]> series = LayerScores.of(trained);
        assertEquals(expected.size(), series.size() * (series.size() - 1) / 2);
        expected.forEachEntry((pair, value) -> {
            String[] names = pair.split(" ~ ");
            assertClose(value, Agreement.spearman(series.get(names[0]), series.get(names[1])), 1e-9, pair);
        });
        double[] byExponent = Sparsity.of(series.get("alpha_xmin_peak"),
                trained.layers().stream().mapToLong(LayerSpectrum::elements).toArray(), 0.7, 0.2, Sparsity.CAP);
        double[] byOutliers = Sparsity.ofOutliers(series.get("owl_" + IMATRICES.getFirst()), 0.7, 0.08);
        assertTrue(Agreement.spearman(byExponent, byOutliers) < -0.8);
    }

    @Test
    void theFiguresAreTheSameForAnyNumberOfThreadsAndFromTheCache(@TempDir Path folder) throws IOException {
        String model = "spectrum/matrices.gguf";
        ModelSpectrum one = spectrum(model, List.of(), Method.EXACT, 1, new FigureCache(folder, "spectrum"));
        ModelSpectrum three = spectrum(model, List.of(), Method.EXACT, 3, FigureCache.none());
        ModelSpectrum kept = spectrum(model, List.of(), Method.EXACT, 2, new FigureCache(folder, "spectrum"));
        for (int i = 0; i < one.matrices().size(); i++) {
            for (ModelSpectrum other : List.of(three, kept)) {
                assertTrue(Arrays.equals(one.matrices().get(i).spectrum().sigma(),
                        other.matrices().get(i).spectrum().sigma()));
                assertEquals(one.matrices().get(i).exponents(), other.matrices().get(i).exponents());
                assertEquals(one.matrices().get(i).farms(), other.matrices().get(i).farms());
            }
        }
    }

    @Test
    void windowsAloneGiveTheSameExponentsOfWindows() throws IOException {
        ModelSpectrum windows = spectrum("models/tiny-english-f16.gguf", List.of(), Method.FARMS, 2,
                FigureCache.none());
        for (int i = 0; i < windows.matrices().size(); i++) {
            assertNull(windows.matrices().get(i).spectrum());
            assertEquals(trained.matrices().get(i).farms(), windows.matrices().get(i).farms());
        }
    }
}
