package org.imatrixstats.spectrum;

import static org.imatrixstats.spectrum.ReferenceSpectra.doubles;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

class SparsityTest {
    /** Mean exponents of the layers of LLaMA-7B as AlphaPruning publishes them. */
    private static final double[] LLAMA_7B = {2.6222, 2.8899, 2.9690, 2.9645, 3.0900, 3.0638, 2.9606, 2.7456, 2.7752,
        2.6086, 2.7167, 2.7297, 2.7843, 2.8517, 2.8966, 3.1767, 3.1230, 3.4461, 3.8715, 3.6060, 3.8945, 4.0660,
        3.7551, 3.7146, 3.9941, 4.2204, 4.1024, 4.1604, 3.8508, 4.0934, 4.1601, 3.5374};
    /** The 32 ratios that pruning scripts use for it at 70 %. */
    private static final double[] PUBLISHED = {.5704, .6176, .6315, .6307, .6529, .6482, .6301, .5922, .5974, .5680,
        .5871, .5894, .5990, .6109, .6188, .6681, .6587, .7156, .7906, .7438, .7946, .8248, .7701, .7629, .8122,
        .8521, .8313, .8415, .7869, .8297, .8414, .7317};

    @Test
    void theMappingOfLlama7bIsThePublishedOne() {
        long[] sizes = new long[LLAMA_7B.length];
        Arrays.fill(sizes, 4 * 4096L * 4096 + 3 * 4096L * 11008);
        double[] ratios = Sparsity.of(LLAMA_7B, sizes, 0.7, 0.2, Sparsity.CAP);
        assertArrayEquals(PUBLISHED, ratios, 1e-4);
        assertEquals(0.7, Arrays.stream(ratios).average().orElseThrow(), 1e-12);
    }

    @Test
    void thePublishedExponentsOfSevenModelsMapToTheExpectedRatios() throws IOException {
        JsonNode models = ReferenceSpectra.read("facts").get("mapping");
        assertEquals(7, models.size());
        for (JsonNode model : models) {
            double[] scores = doubles(model.get("scores"));
            long[] sizes = new long[scores.length];
            Arrays.fill(sizes, model.get("numel_per_layer").asLong());
            assertMappings(model, scores, sizes, 1e-9);
        }
    }

    /** The mappings under keys such as {@code S=0.7 eps=0.2}. */
    static void assertMappings(JsonNode expected, double[] scores, long[] sizes, double tolerance) {
        int[] compared = {0};
        expected.forEachEntry((key, row) -> {
            if (key.startsWith("S=")) {
                double[] values = Arrays.stream(key.split(" ")).mapToDouble(
                        word -> Double.parseDouble(word.substring(word.indexOf('=') + 1))).toArray();
                assertMapping(row, scores, sizes, values[0], values[1], tolerance);
                compared[0]++;
            }
        });
        assertEquals(4, compared[0]);
    }

    private static void assertMapping(JsonNode expected, double[] scores, long[] sizes, double sparsity,
            double epsilon, double tolerance) {
        assertArrayEquals(doubles(expected.get("published")),
                Sparsity.of(scores, sizes, sparsity, epsilon, Double.POSITIVE_INFINITY), tolerance);
        assertArrayEquals(doubles(expected.get("capped")),
                Sparsity.of(scores, sizes, sparsity, epsilon, Sparsity.CAP), tolerance);
    }

    @Test
    void smallMappingsAgreeWithAndWithoutTheCap() throws IOException {
        for (JsonNode each : ReferenceSpectra.read("facts").get("mapping_small")) {
            assertMapping(each, doubles(each.get("scores")),
                    Arrays.stream(doubles(each.get("numel"))).mapToLong(x -> (long) x).toArray(),
                    each.get("S").asDouble(), each.get("eps").asDouble(), 1e-9);
        }
    }

    @Test
    void theCapKeepsTheWeightedMean() {
        double[] ratios = Sparsity.of(new double[]{1, 2, 9}, new long[]{10, 20, 30}, 0.8, 0.5, Sparsity.CAP);
        assertTrue(Arrays.stream(ratios).allMatch(ratio -> ratio <= Sparsity.CAP));
        assertEquals(0.8 * 60, 10 * ratios[0] + 20 * ratios[1] + 30 * ratios[2], 1e-9);
    }

    @Test
    void aLayerWithoutAScoreIsPrunedLikeTheWhole() {
        double[] ratios = Sparsity.of(new double[]{1, Double.NaN, 3}, new long[]{1, 1, 1}, 0.5, 0.2, Sparsity.CAP);
        assertArrayEquals(new double[]{0.4, 0.5, 0.6}, ratios, 1e-12);
    }

    @Test
    void equalOutliersKeepAllLayersAlike() {
        assertArrayEquals(new double[]{0.7, 0.7}, Sparsity.ofOutliers(new double[]{3, 3}, 0.7, 0.08), 1e-12);
    }

    @Test
    void theMoreOutliersALayerHasTheLessItIsPruned() {
        assertArrayEquals(new double[]{0.78, 0.7, 0.62}, Sparsity.ofOutliers(new double[]{1, 2, 3}, 0.7, 0.08), 1e-12);
    }

    @Test
    void spearmanGivesEqualValuesTheMeanOfTheirRanks() {
        assertEquals(1, Agreement.spearman(new double[]{1, 2, 3}, new double[]{10, 100, 1000}), 1e-12);
        // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
        assertEquals(4.5 / Math.sqrt(4.5 * 5), Agreement.spearman(new double[]{1, 2, 2, 3}, new double[]{1, 2, 3, 4}),
                1e-12);
        assertEquals(Double.NaN, Agreement.spearman(new double[]{1, 1}, new double[]{1, 2}));
    }
}
