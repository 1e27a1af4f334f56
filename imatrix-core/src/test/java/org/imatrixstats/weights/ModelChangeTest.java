package org.imatrixstats.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;

import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.io.FormatException;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two models worked out by hand, and models compared with themselves. */
class ModelChangeTest {
    private static final String Q = "blk.0.attn_q.weight";

    @Test
    void figuresAreThoseOfTheDefinition() throws IOException {
        MemoryModel a = new MemoryModel("a").with(Q, List.of(3L, 2L), 1, 2, 2, 0, 4, 0);
        MemoryModel b = new MemoryModel("b").with(Q, List.of(3L, 2L), 1, 2, 5, 0, 0, 0);
        ModelChange.TensorChange change = change(a, b).tensors().getFirst();
        assertEquals(5.0 / 5, change.sums().relativeChange(), 1e-15);
        assertEquals((1 + 4 + 10) / (5 * Math.sqrt(30)), change.sums().cosine(), 1e-15);
        assertEquals(2.0 / 6, change.sums().changedShare(), 1e-15);
        assertEquals(4, change.sums().largest());
        assertArrayEquals(new long[]{1, 1}, change.largestAt());
        assertEquals(Double.NaN, change.sums().weightedRelativeChange());
    }

    @Test
    void agreesWithTheReference() throws IOException {
        JsonNode expected = JsonMapper.shared()
                .readTree(ReferenceFiles.testdata("weights/synth-moe-tuned.change.json").toFile());
        try (GgufModel a = GgufModel.open(ReferenceFiles.testdata("weights/synth-moe.gguf"));
                GgufModel b = GgufModel.open(ReferenceFiles.testdata("weights/synth-moe-tuned.gguf"))) {
            ModelChange change = ModelChange.of(a, b, null, 2, _ -> {
            });
            assertEquals(expected.get("tensors").size(), change.tensors().size());
            for (int i = 0; i < change.tensors().size(); i++) {
                JsonNode row = expected.get("tensors").get(i);
                ModelChange.TensorChange tensor = change.tensors().get(i);
                assertEquals(row.get("name").asString(), tensor.name().name());
                assertSums(row, tensor.sums());
                if (row.get("largest_at").isNull()) {
                    assertNull(tensor.largestAt());
                } else {
                    assertArrayEquals(new long[]{row.get("largest_at").get(0).asLong(),
                        row.get("largest_at").get(1).asLong()}, tensor.largestAt());
                }
            }
            expected.get("layers").forEach(row -> assertSums(row, change.layers().get(row.get("layer").asInt())));
            expected.get("kinds").forEach(row -> assertSums(row, change.kinds().get(row.get("kind").asString())));
            assertSums(expected.get("total"), change.total());
        }
    }

    private static void assertSums(JsonNode expected, ChangeSums actual) {
        for (ChangeStatistic statistic : ChangeStatistic.values()) {
            JsonNode value = expected.path(statistic.key());
            if (value.isNumber()) {
                assertEquals(value.asDouble(), statistic.of(actual), 1e-12 * Math.abs(value.asDouble()),
                        expected + " " + statistic);
            }
        }
    }

    @Test
    void pairsThatAreNotFiniteAreLeftOut() throws IOException {
        MemoryModel a = new MemoryModel("a").with(Q, List.of(4L), 3, Float.NaN, Float.POSITIVE_INFINITY, 4);
        MemoryModel b = new MemoryModel("b").with(Q, List.of(4L), 3, Float.NaN, 1, 4);
        ChangeSums sums = change(a, b).total();
        assertEquals(2, sums.nonFinite());
        assertEquals(1, sums.changed());
        assertEquals(0, sums.relativeChange());
        assertEquals(1, sums.cosine(), 1e-15);
    }

    @Test
    void zerosHaveNoRelativeChange() throws IOException {
        MemoryModel a = new MemoryModel("a").with(Q, List.of(2L), 0, 0);
        MemoryModel b = new MemoryModel("b").with(Q, List.of(2L), 0, 1);
        assertEquals(Double.NaN, change(a, b).total().relativeChange());
        assertEquals(Double.NaN, change(a, b).total().cosine());
        assertEquals(0.5, change(a, b).total().changedShare());
    }

    @Test
    void modelsAreUnchangedAgainstThemselves() throws IOException {
        try (GgufModel model = GgufModel.open(ReferenceFiles.testdata("weights/synth-dense.gguf"))) {
            ModelChange change = ModelChange.of(model, model, null, 2, _ -> {
            });
            assertEquals(41, change.tensors().size());
            assertEquals(0, change.total().changed());
            assertEquals(0, change.total().relativeChange());
            change.tensors().forEach(tensor -> assertNull(tensor.largestAt()));
        }
    }

    @Test
    void layersAndKindsAddUpTheirTensors() throws IOException {
        MemoryModel a = new MemoryModel("a").with(Q, List.of(2L), 1, 1).with("blk.1.attn_q.weight", List.of(2L), 2, 0)
                .with("output.weight", List.of(1L), 5);
        MemoryModel b = new MemoryModel("b").with(Q, List.of(2L), 1, 2).with("blk.1.attn_q.weight", List.of(2L), 2, 2)
                .with("token_embd.weight", List.of(1L), 5);
        ModelChange change = change(a, b);
        assertEquals(Math.sqrt(1 / 2.0), change.layers().get(0).relativeChange(), 1e-15);
        assertEquals(Math.sqrt(5 / 6.0), change.kinds().get("attn_q").relativeChange(), 1e-15);
        assertEquals(List.of("output.weight"), change.onlyA());
        assertEquals(List.of("token_embd.weight"), change.onlyB());
    }

    @Test
    void otherShapesAreRefused() {
        MemoryModel a = new MemoryModel("a").with(Q, List.of(2L), 1, 1);
        MemoryModel b = new MemoryModel("b").with(Q, List.of(1L, 2L), 1, 1);
        FormatException e = assertThrows(FormatException.class, () -> change(a, b));
        assertTrue(e.getMessage().contains("has the shape [1, 2], expected [2] as in a"), e.getMessage());
        MemoryModel c = new MemoryModel("c").with("other", List.of(1L), 1);
        assertTrue(assertThrows(FormatException.class, () -> change(a, c)).getMessage().startsWith("c: has no tensor"));
    }

    private static ModelChange change(MemoryModel a, MemoryModel b) throws IOException {
        return ModelChange.of(a, b, null, 2, _ -> {
        });
    }
}
