package org.imatrixstats.model;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name that a tensor of Hugging Face's or Meta's has in a GGUF file of llama.cpp.
 *
 * @param name   in GGUF
 * @param expert the number of the expert whose matrix it is; -1 if the tensor is not of one expert. GGUF has the experts
 *               of a layer in one tensor
 */
public record GgufName(String name, int expert) {
    static final String EMBEDDING = "token_embd.weight";
    static final String OUTPUT = "output.weight";
    private static final String WEIGHT = ".weight";
    /** Of DeepSeek-V3: the only name of a layer that ends otherwise. */
    private static final String SCORE_BIAS = "mlp.gate.e_score_correction_bias";
    private static final Pattern LAYER = Pattern
            .compile(
                    "(?:language_model\\.)?(?:model\\.)?(?:language_model\\.)?layers\\.([0-9]{1,6})\\.(.+)\\.(weight|bias)");
    private static final Pattern EXPERT = Pattern
            .compile("(?:block_sparse_moe|mlp)\\.experts\\.([0-9]{1,6})\\.(w1|w2|w3|gate_proj|up_proj|down_proj)");

    private static final Map<String, String> META = Map.ofEntries(Map.entry("attention.wq", "attn_q"),
            Map.entry("attention.wk", "attn_k"), Map.entry("attention.wv", "attn_v"),
            Map.entry("attention.wo", "attn_output"), Map.entry("feed_forward.w1", "ffn_gate"),
            Map.entry("feed_forward.w2", "ffn_down"), Map.entry("feed_forward.w3", "ffn_up"),
            Map.entry("attention_norm", "attn_norm"), Map.entry("ffn_norm", "ffn_norm"));

    private static final Map<String, String> OUTER = Map.of("model.embed_tokens", "token_embd", "model.norm",
            "output_norm", "lm_head", "output", "tok_embeddings", "token_embd", "norm", "output_norm", "output",
            "output");

    /** Within a layer, of all architectures but {@link #GEMMA}. */
    private static final Map<String, String> HUGGING_FACE = Map.ofEntries(Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"), Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"), Map.entry("self_attn.qkv_proj", "attn_qkv"),
            Map.entry("self_attn.q_norm", "attn_q_norm"), Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("self_attn.q_a_proj", "attn_q_a"), Map.entry("self_attn.q_a_layernorm", "attn_q_a_norm"),
            Map.entry("self_attn.q_b_proj", "attn_q_b"), Map.entry("self_attn.kv_a_proj_with_mqa", "attn_kv_a_mqa"),
            Map.entry("self_attn.kv_a_layernorm", "attn_kv_a_norm"), Map.entry("self_attn.kv_b_proj", "attn_kv_b"),
            Map.entry("input_layernorm", "attn_norm"), Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"), Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"), Map.entry("mlp.gate_up_proj", "ffn_up"),
            Map.entry("block_sparse_moe.gate", "ffn_gate_inp"), Map.entry("mlp.gate", "ffn_gate_inp"),
            Map.entry(SCORE_BIAS, "exp_probs_b"),
            Map.entry("mlp.shared_expert_gate", "ffn_gate_inp_shexp"),
            Map.entry("mlp.shared_expert.gate_proj", "ffn_gate_shexp"),
            Map.entry("mlp.shared_expert.up_proj", "ffn_up_shexp"),
            Map.entry("mlp.shared_expert.down_proj", "ffn_down_shexp"),
            Map.entry("mlp.shared_experts.gate_proj", "ffn_gate_shexp"),
            Map.entry("mlp.shared_experts.up_proj", "ffn_up_shexp"),
            Map.entry("mlp.shared_experts.down_proj", "ffn_down_shexp"));

    /** Gemma 2 and 3 have a norm before and one after each half of a layer. */
    private static final Map<String, String> GEMMA = Map.of("post_attention_layernorm", "post_attention_norm",
            "pre_feedforward_layernorm", "ffn_norm", "post_feedforward_layernorm", "post_ffw_norm");
    private static final Set<String> FOUR_NORMS = Set.of("gemma2", "gemma3");
    private static final Set<String> SHIFTED = Set.of("gemma", "gemma2", "gemma3", "nemotron");

    private static final Map<String, String> EXPERTS = Map.of("w1", "ffn_gate_exps", "w2", "ffn_down_exps", "w3",
            "ffn_up_exps", "gate_proj", "ffn_gate_exps", "up_proj", "ffn_up_exps", "down_proj", "ffn_down_exps");

    /** The architectures whose names are known. */
    private static final Set<String> KNOWN = Set.of("llama", "qwen2", "qwen2moe", "qwen3", "qwen3moe", "gemma",
            "gemma2",
            "gemma3", "phi3", "deepseek2");

    /**
     * The name of a tensor in GGUF.
     *
     * @param name         in the files of Hugging Face or Meta
     * @param architecture as GGUF names it; null if it is not known
     * @return null if the name cannot be translated
     */
    public static GgufName of(String name, String architecture) {
        if (architecture == null || !KNOWN.contains(architecture)) {
            return null;
        }
        Matcher layer = LAYER.matcher(name.endsWith(SCORE_BIAS) ? name + ".bias" : name);
        if (!layer.matches()) {
            return outer(name);
        }
        String block = "blk." + Integer.parseInt(layer.group(1)) + ".";
        String within = layer.group(2);
        String suffix = "." + layer.group(3);
        Matcher expert = EXPERT.matcher(within);
        if (expert.matches()) {
            return new GgufName(block + EXPERTS.get(expert.group(2)) + suffix, Integer.parseInt(expert.group(1)));
        }
        String kind = FOUR_NORMS.contains(architecture) ? GEMMA.get(within) : null;
        kind = kind == null ? HUGGING_FACE.get(within) : kind;
        kind = kind == null ? META.get(within) : kind;
        return kind == null ? null : new GgufName(block + kind + suffix, -1);
    }

    private static GgufName outer(String name) {
        if (!name.endsWith(WEIGHT)) {
            return null;
        }
        String stem = name.substring(0, name.length() - WEIGHT.length()).replaceFirst("^(model\\.)?language_model\\.",
                "");
        String known = OUTER.get(stem);
        known = known == null ? OUTER.get("model." + stem) : known;
        return known == null ? null : new GgufName(known + WEIGHT, -1);
    }

    /** Whether convert_hf_to_gguf.py adds 1 to the values: the weights of norms that the program adds 1 to when it runs. */
    static boolean isShifted(String name, String architecture) {
        return SHIFTED.contains(architecture) && name.endsWith("norm.weight");
    }

    /** Whether convert_hf_to_gguf.py changes the order of the rows: that of Hugging Face's query and key matrices. */
    static boolean isReordered(String name, String architecture) {
        return "llama".equals(architecture)
                && (name.endsWith("self_attn.q_proj.weight") || name.endsWith("self_attn.k_proj.weight"));
    }
}
