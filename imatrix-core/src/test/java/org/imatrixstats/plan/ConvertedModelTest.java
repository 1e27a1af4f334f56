package org.imatrixstats.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.tensor.TensorInfo;

/** A model as Hugging Face publishes it counts as the GGUF file that the converter of llama.cpp makes of it. */
class ConvertedModelTest {
    @TempDir
    Path folder;

    /** A safetensors file of BF16 tensors; its data are a hole in the file. */
    private void write(Map<String, List<Long>> tensors, String config) throws IOException {
        StringBuilder header = new StringBuilder("{");
        long position = 0;
        for (Map.Entry<String, List<Long>> tensor : tensors.entrySet()) {
            long bytes = 2 * tensor.getValue().stream().reduce(1L, (a, b) -> a * b);
            header.append(header.length() == 1 ? "" : ",").append("\"").append(tensor.getKey())
                    .append("\":{\"dtype\":\"BF16\",\"shape\":").append(tensor.getValue())
                    .append(",\"data_offsets\":[").append(position).append(",").append(position + bytes).append("]}");
            position += bytes;
        }
        byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
            file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
            file.write(json);
            file.setLength(8 + json.length + position);
        }
        Files.writeString(folder.resolve("config.json"), config);
    }

    /** The shapes of a GGUF model under the names of Hugging Face, which transformers documents by its state dicts. */
    private static Map<String, List<Long>> huggingFace(String header, long heads) throws IOException {
        Map<String, List<Long>> tensors = new TreeMap<>();
        try (ModelFile gguf = ModelFile.open(ReferenceFiles.testdata("models/" + header))) {
            Map<String, TensorInfo> byName = gguf.tensors().stream()
                    .collect(Collectors.toMap(TensorInfo::name, tensor -> tensor));
            for (TensorInfo tensor : gguf.tensors()) {
                add(tensors, tensor, byName, heads);
            }
        }
        return tensors;
    }

    private static void add(Map<String, List<Long>> tensors, TensorInfo tensor, Map<String, TensorInfo> all,
            long heads) {
        List<Long> shape = tensor.dims().reversed();
        String name = tensor.name();
        if (!name.startsWith("blk.")) {
            tensors.put(Map.of("token_embd.weight", "model.embed_tokens.weight", "output_norm.weight",
                    "model.norm.weight", "output.weight", "lm_head.weight").get(name), shape);
            return;
        }
        String[] parts = name.split("\\.", 4);
        String layer = "model.layers." + parts[1] + ".";
        String suffix = "." + parts[3];
        switch (parts[2]) {
            case "ffn_gate_exps", "ffn_up_exps", "ffn_down_exps" -> LongStream.range(0, shape.getFirst())
                    .forEach(expert -> tensors.put(layer + "mlp.experts." + expert + "." + parts[2].split("_")[1]
                            + "_proj" + suffix, shape.subList(1, 3)));
            case "attn_v_b" -> {
                // One matrix has the keys and the values of a head, then those of the next one.
                long keys = all.get(name.replace("attn_v_b", "attn_k_b")).ne0();
                tensors.put(layer + "self_attn.kv_b_proj" + suffix,
                        List.of(heads * (keys + shape.get(1)), shape.get(2)));
            }
            case "attn_k_b" -> {
                // With attn_v_b.
            }
            default -> tensors.put(layer + WITHIN.get(parts[2]) + suffix, shape);
        }
    }

    private static final Map<String, String> WITHIN = Map.ofEntries(Map.entry("attn_q", "self_attn.q_proj"),
            Map.entry("attn_k", "self_attn.k_proj"), Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_output", "self_attn.o_proj"), Map.entry("attn_q_norm", "self_attn.q_norm"),
            Map.entry("attn_k_norm", "self_attn.k_norm"), Map.entry("attn_norm", "input_layernorm"),
            Map.entry("ffn_norm", "post_attention_layernorm"), Map.entry("ffn_gate", "mlp.gate_proj"),
            Map.entry("ffn_up", "mlp.up_proj"), Map.entry("ffn_down", "mlp.down_proj"),
            Map.entry("ffn_gate_inp", "mlp.gate"), Map.entry("ffn_gate_shexp", "mlp.shared_experts.gate_proj"),
            Map.entry("ffn_up_shexp", "mlp.shared_experts.up_proj"),
            Map.entry("ffn_down_shexp", "mlp.shared_experts.down_proj"),
            Map.entry("attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa"),
            Map.entry("attn_kv_a_norm", "self_attn.kv_a_layernorm"));

    /** As published; what is of no interest here is left out. */
    private static final Map<String, String> CONFIGS = Map.of("llama-3.1-8b.gguf", """
            {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
             "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256}""", "qwen2.5-0.5b.gguf", """
            {"model_type": "qwen2", "hidden_size": 896, "num_hidden_layers": 24, "num_attention_heads": 14,
             "num_key_value_heads": 2, "intermediate_size": 4864, "vocab_size": 151936}""", "qwen3-30b-a3b.gguf", """
            {"model_type": "qwen3_moe", "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 32,
             "num_key_value_heads": 4, "head_dim": 128, "num_experts": 128, "num_experts_per_tok": 8,
             "vocab_size": 151936}""", "deepseek-v2-lite.gguf", """
            {"model_type": "deepseek_v2", "hidden_size": 2048, "num_hidden_layers": 27, "num_attention_heads": 16,
             "num_key_value_heads": 16, "n_routed_experts": 64, "num_experts_per_tok": 6, "kv_lora_rank": 512,
             "qk_rope_head_dim": 64, "vocab_size": 102400}""");

    @ParameterizedTest
    @ValueSource(strings = {"llama-3.1-8b.gguf", "qwen2.5-0.5b.gguf", "qwen3-30b-a3b.gguf", "deepseek-v2-lite.gguf"})
    void isTheModelThatTheConverterMakes(String header) throws Exception {
        write(huggingFace(header, 16), CONFIGS.get(header));
        Model expected = Model.read(ReferenceFiles.testdata("models/" + header));
        Model converted = Model.read(folder);
        assertEquals(sorted(expected), sorted(converted));
        assertEquals(expected.architecture(), converted.architecture());
        assertEquals(expected.layers(), converted.layers());
        assertEquals(expected.experts(), converted.experts());
        assertEquals(expected.queryGroup(), converted.queryGroup());
        assertEquals(expected.vocabulary(), converted.vocabulary());
    }

    private static List<String> sorted(Model model) {
        List<TensorInfo> tensors = new ArrayList<>(model.tensors());
        tensors.sort(Comparator.comparing(TensorInfo::name));
        return tensors.stream().map(tensor -> tensor.name() + " " + tensor.dims() + " " + tensor.type() + " "
                + tensor.bytes()).toList();
    }

    @Test
    void namesThatCannotBeTranslatedAreTold() throws IOException {
        write(Map.of("model.embed_tokens.weight", List.of(8L, 4L), "model.vision.patch.weight", List.of(4L, 4L)),
                "{\"model_type\": \"llama\", \"num_hidden_layers\": 1}");
        try (ModelFile model = ModelFile.open(folder)) {
            assertEquals(List.of("model.vision.patch.weight"), model.untranslated());
            assertEquals(List.of("token_embd.weight"),
                    model.asGguf().tensors().stream().map(TensorInfo::name).toList());
        }
    }

    @Test
    void aModelOfUnknownArchitectureIsRefused() throws IOException {
        write(Map.of("a.weight", List.of(8L, 4L)), "{\"model_type\": \"bert\"}");
        String message = assertThrows(FormatException.class, () -> Model.read(folder)).getMessage();
        assertTrue(message.contains("has no tensor whose name in GGUF is known; its architecture is bert"), message);
        Files.delete(folder.resolve("config.json"));
        message = assertThrows(FormatException.class, () -> Model.read(folder)).getMessage();
        assertTrue(message.contains("expected a config.json"), message);
    }

    @Test
    void latentAttentionIsSplitAndItsKeysTransposed() throws IOException {
        // Two heads of two keys and three values, rank 4: row r of the matrix holds r.0, r.1, r.2, r.3.
        Map<String, List<Long>> tensors = new TreeMap<>(Map.of("model.layers.0.self_attn.kv_b_proj.weight",
                List.of(10L, 4L), "model.layers.0.self_attn.o_proj.weight", List.of(4L, 6L)));
        write(tensors, "{\"model_type\": \"deepseek_v2\", \"num_attention_heads\": 2, \"num_hidden_layers\": 1}");
        fill();
        try (ModelFile model = ModelFile.open(folder)) {
            float[] keys = new float[2 * 4 * 2];
            model.asGguf().readRows(model.asGguf().tensor("blk.0.attn_k_b.weight"), 0, 8, keys, 0);
            assertEquals(List.of(0f, 4f, 1f, 5f, 2f, 6f, 3f, 7f), floats(keys).subList(0, 8));
            assertEquals(List.of(20f, 24f), floats(keys).subList(8, 10));
            float[] values = new float[2 * 3 * 4];
            model.asGguf().readRows(model.asGguf().tensor("blk.0.attn_v_b.weight"), 0, 6, values, 0);
            assertEquals(List.of(8f, 9f, 10f, 11f, 12f), floats(values).subList(0, 5));
            assertEquals(List.of(28f, 29f), floats(values).subList(12, 14));
        }
    }

    /** Numbers from 0 on in place of the hole. */
    private void fill() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
            long values = (10 * 4 + 4 * 6);
            file.seek(file.length() - 2 * values);
            for (int i = 0; i < values; i++) {
                file.writeShort(Short.reverseBytes((short) (Float.floatToRawIntBits(i) >>> 16)));
            }
        }
    }

    private static List<Float> floats(float[] values) {
        List<Float> floats = new ArrayList<>();
        for (float value : values) {
            floats.add(value);
        }
        return floats;
    }
}
