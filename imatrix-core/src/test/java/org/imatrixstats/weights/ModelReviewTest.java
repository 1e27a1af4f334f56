package org.imatrixstats.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.weights.cluster.ReferenceClusters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All figures against those of an independent program, which widens every value to 64 bits and sums without rounding. */
class ModelReviewTest {
    @ParameterizedTest
    @ValueSource(strings = {"synth-dense", "synth-moe", "synth-hostile"})
    void agreesWithTheReference(String name) throws IOException {
        assertAgrees(ReferenceFiles.testdata("weights/" + name + ".gguf"), name);
    }

    @Test
    void agreesWithTheReferenceOnATrainedModel() throws IOException {
        assertAgrees(ReferenceFiles.testdata("models/tiny-english-f16.gguf"), "tiny-english-f16");
    }

    private static void assertAgrees(Path file, String name) throws IOException {
        JsonNode expected;
        try (InputStream json = new GZIPInputStream(
                Files.newInputStream(ReferenceFiles.testdata("weights/" + name + ".json.gz")))) {
            expected = JsonMapper.shared().readTree(json);
        }
        ModelReview review = review(file, 2);
        assertEquals(expected.get("tensors").size(), review.tensors().size());
        for (int i = 0; i < review.tensors().size(); i++) {
            assertTensor(expected.get("tensors").get(i), review.tensors().get(i));
        }
        JsonNode layers = expected.get("layers");
        assertEquals(layers.values().stream().map(row -> row.get("layer").asInt()).toList(),
                List.copyOf(review.layers().keySet()));
        layers.forEach(row -> assertRollUp(row, review.layers().get(row.get("layer").asInt()),
                "layer " + row.get("layer")));
        JsonNode kinds = expected.get("kinds");
        assertEquals(kinds.values().stream().map(row -> kind(row)).toList(), List.copyOf(review.kinds().keySet()));
        kinds.forEach(row -> assertRollUp(row, review.kinds().get(kind(row)), "kind " + row.get("kind")));
        assertRollUp(expected.get("total"), review.total(), "total");
        assertEquals(expected.get("total").get("bits_per_weight").asDouble(), review.total().bitsPerWeight(), 1e-12);
        assertDistribution(expected.get("final_sample"), review.finalSample(), "final sample");
        ReferenceClusters.assertAgree(expected.get("final_sample").get("clusters"), review.finalClusters(),
                "final sample");
    }

    static ModelReview review(Path file, int threads) throws IOException {
        try (GgufModel model = GgufModel.open(file)) {
            return ModelReview.of(model, new ReviewOptions(ModelReview.DEFAULT_BINS, null, threads, true), _ -> {
            });
        }
    }

    private static String kind(JsonNode row) {
        return row.get("kind").asString().replaceFirst("\\.weight$", "");
    }

    private static void assertTensor(JsonNode expected, TensorReview tensor) {
        String where = expected.get("name").asString();
        assertEquals(where, tensor.name().name());
        assertEquals(expected.get("dtype").asString(), tensor.info().type().label().toUpperCase(), where);
        assertEquals(expected.get("bytes").asLong(), tensor.info().bytes(), where);
        assertDistribution(expected, tensor.distribution(), where);
        ReferenceClusters.assertAgree(expected.get("clusters"), tensor.clusters(), where);
        JsonNode experts = expected.path("experts");
        assertEquals(experts.size(), tensor.experts().size(), where);
        for (int e = 0; e < experts.size(); e++) {
            JsonNode row = experts.get(e);
            assertEquals(row.get("zeros").asLong(), tensor.experts().get(e).zeros(), where + " expert " + e);
            assertEquals(row.get("finite").asLong(), tensor.experts().get(e).finite(), where + " expert " + e);
            assertMoments(row, tensor.experts().get(e), where + " expert " + e);
        }
    }

    private static void assertRollUp(JsonNode expected, RollUp actual, String where) {
        assertEquals(expected.get("tensors").asInt(), actual.tensors(), where);
        assertEquals(expected.get("bytes").asLong(), actual.bytes(), where);
        assertCounts(expected, actual.sums(), where);
        assertMoments(expected, actual.sums(), where);
    }

    private static void assertDistribution(JsonNode expected, Distribution actual, String where) {
        assertCounts(expected, actual.sums(), where);
        assertMoments(expected, actual.sums(), where);
        assertEquals(expected.get("distinct").asLong(), actual.distinct(), where);
        if (expected.get("median").isNull()) {
            assertEquals(Double.NaN, actual.median(), where);
            assertNull(actual.histogram(), where);
            assertEquals(0, actual.quantiles().length, where);
            assertEquals(0, actual.beyondSigma().length, where);
            return;
        }
        assertEquals(expected.get("median").asDouble(), actual.median(), where);
        double range = actual.sums().greatest() - actual.sums().least();
        double[] quantiles = expected.get("quantiles").values().stream().mapToDouble(JsonNode::asDouble).toArray();
        assertArrayEquals(quantiles, actual.quantiles(), 1e-12 * range, where + " quantiles");
        JsonNode histogram = expected.get("histogram");
        assertArrayEquals(histogram.get("counts").values().stream().mapToLong(JsonNode::asLong).toArray(),
                actual.histogram().counts(), where + " histogram");
        assertArrayEquals(histogram.get("edges").values().stream().mapToDouble(JsonNode::asDouble).toArray(),
                actual.histogram().edges(), 1e-12 * Math.max(range, Double.MIN_NORMAL), where + " edges");
        for (int i = 0; i < Distribution.SIGMAS.size(); i++) {
            int k = Distribution.SIGMAS.get(i);
            JsonNode beyond = expected.get("beyond_sigma").get(Integer.toString(k));
            assertEquals(beyond.get("count").asLong(), actual.beyondSigma()[i], where + " beyond " + k);
            assertEquals(beyond.get("share").asDouble(), actual.shareBeyond(k), 1e-15, where + " beyond " + k);
        }
    }

    private static void assertCounts(JsonNode expected, WeightSums actual, String where) {
        Map<String, Long> counts = Map.of("count", actual.count(), "zeros", actual.zeros(), "negative_zeros",
                actual.negativeZeros(), "count_nonzero", actual.nonzero(), "nan", actual.nan(), "positive_inf",
                actual.positiveInfinite(), "negative_inf", actual.negativeInfinite());
        counts.forEach((key, count) -> assertEquals(expected.get(key).asLong(), count, where + " " + key));
        if (expected.has("subnormals")) {
            assertEquals(expected.get("subnormals").asLong(), actual.subnormals(), where + " subnormals");
        }
    }

    private static void assertMoments(JsonNode expected, WeightSums actual, String where) {
        assertNear(expected.get("min"), actual.least(), 0, 0, where + " min");
        assertNear(expected.get("max"), actual.greatest(), 0, 0, where + " max");
        assertNear(expected.get("abs_max"), actual.absMax(), 0, 0, where + " abs_max");
        assertNear(expected.get("mean"), actual.average(), 1e-12, 1e-12 * actual.stdDev(), where + " mean");
        assertNear(expected.get("mean_abs"), actual.meanAbs(), 1e-10, 0, where + " mean_abs");
        assertNear(expected.get("std_dev"), actual.stdDev(), 1e-10, 0, where + " std_dev");
        assertNear(expected.get("skewness"), actual.skewness(), 1e-8, 1e-8, where + " skewness");
        assertNear(expected.get("kurtosis"), actual.kurtosis(), 1e-8, 1e-8, where + " kurtosis");
        assertNear(expected.get("l2_norm"), actual.l2Norm(), 1e-10, 0, where + " l2_norm");
    }

    private static void assertNear(JsonNode expected, double actual, double relative, double absolute, String what) {
        if (expected.isNull()) {
            assertEquals(Double.NaN, actual, what);
            return;
        }
        double value = expected.asDouble();
        assertTrue(Math.abs(value - actual) <= relative * Math.abs(value) + absolute,
                () -> what + ": expected " + value + ", was " + actual);
    }
}
