package org.imatrixstats.model;

import static org.imatrixstats.model.Hyperparameter.EMBEDDING;
import static org.imatrixstats.model.Hyperparameter.EXPERTS;
import static org.imatrixstats.model.Hyperparameter.HEADS;
import static org.imatrixstats.model.Hyperparameter.KEY_LENGTH;
import static org.imatrixstats.model.Hyperparameter.KV_HEADS;
import static org.imatrixstats.model.Hyperparameter.KV_RANK;
import static org.imatrixstats.model.Hyperparameter.VALUE_LENGTH;

import java.util.EnumMap;
import java.util.Map;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;

/** Reads {@code config.json} of Hugging Face's transformers as llama.cpp's convert_hf_to_gguf.py does. */
final class HuggingFaceConfig {
    /** Architectures of GGUF by {@code model_type}. */
    private static final Map<String, String> ARCHITECTURES = Map.ofEntries(Map.entry("llama", "llama"),
            Map.entry("mistral", "llama"), Map.entry("mixtral", "llama"), Map.entry("qwen2", "qwen2"),
            Map.entry("qwen2_moe", "qwen2moe"), Map.entry("qwen3", "qwen3"), Map.entry("qwen3_moe", "qwen3moe"),
            Map.entry("gemma", "gemma"), Map.entry("gemma2", "gemma2"), Map.entry("gemma3", "gemma3"),
            Map.entry("gemma3_text", "gemma3"), Map.entry("phi3", "phi3"), Map.entry("deepseek_v2", "deepseek2"),
            Map.entry("deepseek_v3", "deepseek2"));

    private HuggingFaceConfig() {
    }

    static ModelConfig read(ByteSource file) throws FormatException {
        JsonObject json = JsonObject.read(file, "configuration");
        String type = json.text("model_type");
        Map<Hyperparameter, Long> values = new EnumMap<>(Hyperparameter.class);
        for (Hyperparameter parameter : Hyperparameter.values()) {
            // Models that see images keep the numbers of their language model apart.
            for (String key : parameter.others()) {
                Long number = json.number(key, "text_config." + key);
                if (number != null && number >= 0) {
                    values.putIfAbsent(parameter, number);
                }
            }
        }
        String name = json.text("_name_or_path");
        return new ModelConfig(type == null ? null : ARCHITECTURES.getOrDefault(type, type),
                name == null || name.isEmpty() ? null : name, completed(values, json));
    }

    private static Map<Hyperparameter, Long> completed(Map<Hyperparameter, Long> values, JsonObject json) {
        Long heads = values.get(HEADS);
        Long embedding = values.get(EMBEDDING);
        if (heads != null) {
            values.putIfAbsent(KV_HEADS, heads);
        }
        if (values.containsKey(KV_RANK)) {
            // The cache holds one latent vector and the rotated part of the key.
            Long rope = json.number("qk_rope_head_dim");
            values.put(KV_HEADS, 1L);
            values.put(KEY_LENGTH, values.get(KV_RANK) + (rope == null ? 0 : rope));
            values.put(VALUE_LENGTH, values.get(KV_RANK));
        } else if (heads != null && embedding != null && heads > 0) {
            values.putIfAbsent(KEY_LENGTH, embedding / heads);
            values.putIfAbsent(VALUE_LENGTH, embedding / heads);
        }
        values.putIfAbsent(EXPERTS, 0L);
        values.putIfAbsent(Hyperparameter.EXPERTS_USED, 0L);
        return values;
    }
}
