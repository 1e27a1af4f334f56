package org.imatrixstats.model;

import java.util.List;

/**
 * A number of a model's architecture, and where each container keeps it.
 *
 * <p>To add one: a constant here. Inspection and its JSON go by {@link #values()}.
 */
public enum Hyperparameter {
    CONTEXT("context", "context_length", "max_position_embeddings"), //
    LAYERS("layers", "block_count", "num_hidden_layers", "n_layers"), //
    EMBEDDING("embedding", "embedding_length", "hidden_size", "dim"), //
    FFN("ffn", "feed_forward_length", "intermediate_size"), //
    EXPERT_FFN("expert_ffn", "expert_feed_forward_length", "moe_intermediate_size"), //
    HEADS("heads", "attention.head_count", "num_attention_heads", "n_heads"), //
    KV_HEADS("kv_heads", "attention.head_count_kv", "num_key_value_heads", "n_kv_heads"), //
    KEY_LENGTH("key_length", "attention.key_length", "head_dim"), //
    VALUE_LENGTH("value_length", "attention.value_length", "head_dim"), //
    /** Of models with multi-head latent attention. */
    KV_RANK("kv_rank", "attention.kv_lora_rank", "kv_lora_rank"), //
    VOCAB("vocab", "vocab_size", "vocab_size", "vocab_size"), //
    EXPERTS("experts", "expert_count", "num_local_experts", "num_experts", "n_routed_experts"), //
    EXPERTS_USED("experts_used", "expert_used_count", "num_experts_per_tok"), //
    /** Layers that predict further tokens, which {@link #LAYERS} includes in GGUF. */
    NEXTN_LAYERS("nextn_layers", "nextn_predict_layers"), //
    /** The last layers that use the keys and values of earlier ones. */
    SHARED_KV_LAYERS("shared_kv_layers", "attention.shared_kv_layers", "num_kv_shared_layers"),
    /** Tokens that the layers with a sliding window look back on; which layers these are depends on the architecture. */
    SLIDING_WINDOW("sliding_window", "attention.sliding_window", "sliding_window");

    private final String key;
    private final String gguf;
    private final List<String> others;

    /**
     * @param gguf   the key in GGUF files, behind the architecture
     * @param others the keys in {@code config.json} and {@code params.json}
     */
    Hyperparameter(String key, String gguf, String... others) {
        this.key = key;
        this.gguf = gguf;
        this.others = List.of(others);
    }

    /** The key in JSON. */
    public String key() {
        return key;
    }

    /** Its key in GGUF, without the architecture and the dot before it. */
    public String gguf() {
        return gguf;
    }

    List<String> others() {
        return others;
    }
}
