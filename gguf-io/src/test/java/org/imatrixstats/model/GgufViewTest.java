package org.imatrixstats.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What convert_hf_to_gguf.py of llama.cpp does to values, worked out by hand. */
class GgufViewTest {
    private static final String LAYER = "model.layers.0.";

    @TempDir
    Path folder;

    /** Two heads of queries with six rows each, one of keys; the value of a row is its number in the file. */
    @Test
    void rowsOfQueriesAndKeysAreInterleavedWithinEachHead() throws IOException {
        try (TensorSource gguf = model("llama", "self_attn.q_proj.weight", 12).asGguf()) {
            float[] pairs = {0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11};
            assertArrayEquals(pairs, rows(gguf, "blk.0.attn_q.weight", 0, 12));
            assertArrayEquals(new float[]{5, 6, 9}, rows(gguf, "blk.0.attn_q.weight", 5, 3));
        }
        try (TensorSource gguf = model("llama", "self_attn.k_proj.weight", 6).asGguf()) {
            assertArrayEquals(new float[]{0, 3, 1, 4, 2, 5}, rows(gguf, "blk.0.attn_k.weight", 0, 6));
        }
    }

    @Test
    void rowsOfOtherMatricesAndArchitecturesKeepTheirOrder() throws IOException {
        try (TensorSource gguf = model("llama", "self_attn.v_proj.weight", 6).asGguf()) {
            assertArrayEquals(new float[]{0, 1, 2, 3, 4, 5}, rows(gguf, "blk.0.attn_v.weight", 0, 6));
        }
        try (TensorSource gguf = model("qwen2", "self_attn.q_proj.weight", 6).asGguf()) {
            assertArrayEquals(new float[]{0, 1, 2, 3, 4, 5}, rows(gguf, "blk.0.attn_q.weight", 0, 6));
        }
    }

    @Test
    void weightsOfGemmasNormsHaveOneAdded() throws IOException {
        try (TensorSource gguf = model("gemma2", "input_layernorm.weight", 3).asGguf()) {
            assertArrayEquals(new float[]{1, 2, 3}, rows(gguf, "blk.0.attn_norm.weight", 0, 3));
        }
        try (TensorSource gguf = model("llama", "input_layernorm.weight", 3).asGguf()) {
            assertArrayEquals(new float[]{0, 1, 2}, rows(gguf, "blk.0.attn_norm.weight", 0, 3));
        }
    }

    /** The model itself has the values as stored. */
    @Test
    void theModelKeepsItsOwnOrder() throws IOException {
        try (ModelFile model = model("llama", "self_attn.k_proj.weight", 6)) {
            assertArrayEquals(new float[]{0, 1, 2, 3, 4, 5}, rows(model, LAYER + "self_attn.k_proj.weight", 0, 6));
        }
    }

    /** A tensor of so many rows of one value: 0, 1, 2 and so on. */
    private ModelFile model(String type, String name, int rows) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "%s", "num_attention_heads": 2, "num_key_value_heads": 1, "hidden_size": 1,
                 "num_hidden_layers": 1}""".formatted(type));
        String shape = name.contains("norm") ? "[" + rows + "]" : "[" + rows + ",1]";
        byte[] header = "{\"%s%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,%d]}}"
                .formatted(LAYER, name, shape, 4 * rows).getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 4 * rows).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length).put(header);
        for (int row = 0; row < rows; row++) {
            bytes.putFloat(row);
        }
        Files.write(folder.resolve("model.safetensors"), bytes.array());
        return ModelFile.open(folder);
    }

    /** Norms have one row with all values, matrices here a value per row. */
    private static float[] rows(TensorSource source, String name, int first, int count) throws IOException {
        TensorInfo tensor = source.tensor(name);
        float[] values = new float[count];
        if (tensor.dims().size() == 1) {
            assertEquals(count, tensor.ne0());
            source.readRows(tensor, 0, 1, values, 0);
        } else {
            source.readRows(tensor, first, count, values, 0);
        }
        return values;
    }
}
