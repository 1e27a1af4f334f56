package org.imatrixstats.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.imatrixstats.io.Sources;
import org.imatrixstats.model.ModelTensor.Piece;
import org.imatrixstats.tensor.Value;
import tools.jackson.databind.JsonNode;

/** Real checkpoints, and others made by hand: all that PyTorch, Meta's and Hugging Face's own programs say about them. */
class CheckpointsTest {
    static Stream<Arguments> checkpoints() {
        return Expected.entries("checkpoints/expected.json");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void tensorsAreThoseOfTheFile(String name, JsonNode expected) throws IOException {
        try (ModelFile model = ModelFile.list(Expected.CHECKPOINTS.resolve(name), null, Sources::open)) {
            assertEquals(names(expected), model.modelTensors().stream().map(ModelTensor::name).toList());
            for (JsonNode row : expected.get("tensors")) {
                assertTensor(row, model.modelTensors().get(indexOf(row, expected)));
            }
        }
    }

    private static List<String> names(JsonNode expected) {
        return expected.get("tensors").valueStream().map(row -> row.get("name").asString("")).toList();
    }

    private static int indexOf(JsonNode row, JsonNode expected) {
        return expected.get("tensors").valueStream().toList().indexOf(row);
    }

    private static void assertTensor(JsonNode row, ModelTensor tensor) throws IOException {
        assertEquals(row.get("shape").valueStream().map(JsonNode::asLong).toList(), tensor.shape());
        assertEquals(row.get("dtype").asString(), tensor.typeName());
        assertEquals(row.get("numel").asLong(), tensor.elements());
        assertEquals(row.get("bytes").asLong(), tensor.info().bytes());
        if (row.has("stride")) {
            Piece piece = tensor.pieces().getFirst();
            assertEquals(row.get("stride").valueStream().map(JsonNode::asLong).toList(), piece.view().strides());
            assertEquals(row.get("offset").asLong(), piece.view().offset());
            assertEquals(row.get("contiguous").asBoolean(), piece.view().isContiguous());
            assertEquals(row.get("storage_numel").asLong(), piece.elements());
            if (!row.get("storage").isNull()) {
                assertEquals(row.get("storage").asString(), piece.storage().key());
            }
        }
        if (row.has("split_axis")) {
            assertEquals(row.get("split_axis").asInt(-1), tensor.shards().axis());
            assertEquals(row.get("shard_shape").valueStream().map(JsonNode::asLong).toList(), tensor.shards().shape());
        }
        if (!row.get("values").isNull()) {
            assertEquals(values(row), tensor.values().first(8));
            assertRows(tensor);
        }
    }

    private static List<Value> values(JsonNode row) {
        List<Value> values = new ArrayList<>();
        for (JsonNode value : row.get("values")) {
            values.add(value.isBoolean()
                    ? new Value.Truth(value.asBoolean())
                    : value.isArray()
                            ? new Value.Complex(real(value.get(0)), real(value.get(1)))
                            : value.isIntegralNumber() && row.get("dtype").asString().matches("[IU][0-9]+")
                                    ? new Value.Whole(value.bigIntegerValue())
                                    : new Value.Real(real(value)));
        }
        return values;
    }

    private static double real(JsonNode value) {
        return value.isString() ? Double.parseDouble(value.asString()) : value.asDouble();
    }

    /** All rows at once, and one after the other, start with the same values as the exact ones. */
    private static void assertRows(ModelTensor tensor) throws IOException {
        int columns = Math.toIntExact(tensor.info().ne0());
        int rows = Math.toIntExact(tensor.info().rows());
        float[] all = new float[rows * columns];
        tensor.values().readRows(0, rows, all, 0);
        float[] single = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            tensor.values().readRows(row, 1, single, row * columns);
        }
        assertArrayEquals(all, single);
        List<Value> first = tensor.values().first(200);
        for (int i = 0; i < first.size(); i++) {
            assertEquals(asFloat(first.get(i)), all[i], tensor.name() + " " + i);
        }
    }

    private static float asFloat(Value value) {
        return switch (value) {
            case Value.Real(double real) -> (float) real;
            case Value.Whole(var whole) -> whole.floatValue();
            case Value.Truth(boolean truth) -> truth ? 1 : 0;
            case Value.Complex(double real, double _) -> (float) real;
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void totalsCountWhatIsSharedOnce(String name, JsonNode expected) throws IOException {
        try (ModelFile model = ModelFile.list(Expected.CHECKPOINTS.resolve(name), null, Sources::open)) {
            ModelSummary summary = ModelSummary.of(model);
            JsonNode total = expected.has("total") ? expected.get("total") : expected.get("summary");
            assertEquals(total.get("elements").asLong(), summary.elements());
            assertEquals(total.get("parameters").asLong(), summary.parameters());
            if (total.has("tensors")) {
                assertEquals(total.get("tensors").asInt(), model.modelTensors().size());
            }
            if (total.has("storage_bytes")) {
                assertEquals(total.get("storage_bytes").asLong(), summary.storageBytes());
            }
            if (total.has("bytes")) {
                assertEquals(total.get("bytes").asLong(), summary.dataBytes());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void tellsWhatIsBesideTheTensors(String name, JsonNode expected) throws IOException {
        try (ModelFile model = ModelFile.list(Expected.CHECKPOINTS.resolve(name), null, Sources::open)) {
            if (model instanceof PyTorchModel checkpoint) {
                assertEquals(expected.get("container").asString(null), checkpoint.key());
                assertEquals(expected.get("outside").valueStream().map(JsonNode::asString).toList(),
                        checkpoint.outside());
                assertEquals(expected.path("opaque_globals").valueStream().map(JsonNode::asString).toList(),
                        checkpoint.foreign());
                assertEquals(List.of(), checkpoint.code());
            }
            if (model instanceof SafetensorsModel safetensors) {
                assertEquals(expected.get("metadata").propertyStream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue().asString()).toList(),
                        safetensors.metadata().entrySet().stream().map(Object::toString).toList());
            }
            if (model instanceof MetaModel meta) {
                JsonNode tokenizer = expected.get("tokenizer");
                assertEquals(tokenizer.get("kind").asString(), meta.tokenizer().kind());
                assertEquals(tokenizer.get("tokens").asLong(), meta.tokenizer().tokens());
                assertEquals(tokenizer.get("first").asString(), meta.tokenizer().first());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checkpoints")
    void summarySaysWhatTheConfigurationSays(String name, JsonNode expected) throws IOException {
        try (ModelFile model = ModelFile.list(Expected.CHECKPOINTS.resolve(name), null, Sources::open)) {
            ModelSummary summary = ModelSummary.of(model);
            JsonNode figures = expected.path("summary");
            for (Hyperparameter parameter : Hyperparameter.values()) {
                if (figures.has(parameter.key())) {
                    assertEquals(figures.get(parameter.key()).asLong(-1),
                            summary.config().get(parameter, -1), parameter.key());
                }
            }
            if (figures.has("kv_bytes_per_token_f16")) {
                assertEquals(figures.get("kv_bytes_per_token_f16").asLong(),
                        summary.kvBytesPerToken().getAsLong());
                assertEquals(figures.get("bits_per_weight").asDouble(), summary.bitsPerWeight());
                assertEquals(figures.get("tied_output").asBoolean(), summary.tiedOutput());
            }
            if (figures.has("active_parameters")) {
                assertEquals(figures.get("active_parameters").asLong(), summary.activeParameters());
            }
            if (figures.has("expert_parameters")) {
                assertEquals(figures.get("expert_parameters").asLong(), summary.expertParameters());
            }
        }
    }
}
