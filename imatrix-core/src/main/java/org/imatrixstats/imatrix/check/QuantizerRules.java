package org.imatrixstats.imatrix.check;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import org.imatrixstats.gguf.GgmlType;
import org.imatrixstats.gguf.TensorInfo;

/** What llama-quantize of llama.cpp and of ik_llama.cpp do with a tensor and its entry, as of August 2026. */
final class QuantizerRules {
    /** Types that llama.cpp demands an entry for (llama-quant.cpp, tensor_type_requires_imatrix). */
    static final String LLAMA_CPP_NEEDS_ENTRY = "iq1_s, iq1_m, iq2_xxs, iq2_xs, iq2_s, iq3_xxs, and q2_K in Q2_K_S";
    /** Types that ik_llama.cpp demands an entry for, also in their _r4 forms. */
    static final String IK_LLAMA_CPP_NEEDS_ENTRY = "iq1_s, iq1_m, iq2_xxs, iq2_xs, iq2_s (and _r4), iq1_kt, iq2_kt,"
            + " and q2_K in Q2_K_S";

    private static final String WEIGHT = "weight";
    /** Both programs keep tensors with this in their name as they are; some are known to llama.cpp alone. */
    private static final List<String> NEVER_QUANTIZED = List.of("_norm.weight", "ffn_gate_inp.weight",
            "ffn_gate_tid2eid.weight", "altup", "laurel", "per_layer_model_proj", "position_embd.weight",
            "token_types.weight", "ssm_conv1d", "shortconv.conv.weight", "indexer.k_proj.weight",
            "indexer.q_proj.weight", "time_mix_first.weight", "time_mix_w0.weight", "time_mix_w1.weight",
            "time_mix_w2.weight", "time_mix_v0.weight", "time_mix_v1.weight", "time_mix_v2.weight",
            "time_mix_a0.weight", "time_mix_a1.weight", "time_mix_a2.weight", "time_mix_g1.weight",
            "time_mix_g2.weight", "time_mix_decay_w1.weight", "time_mix_decay_w2.weight",
            "time_mix_lerp_fused.weight", "attn_rel_b.weight", ".position_embd", "sam.pos_embd", "sam.neck.",
            "sam.net_", ".rel_pos", ".patch_embd", ".patch_merger", "a.rvq.codebook", "mm.a.code_embd");
    private static final Set<GgmlType> INTEGERS = Set.of(GgmlType.I8, GgmlType.I16, GgmlType.I32, GgmlType.I64);
    /** Exempt from the demand for an entry, and rarely there: an embedding is looked up, not multiplied. */
    static final List<String> EMBEDDINGS_AND_OUTPUT = List.of("token_embd.weight",
            "per_layer_token_embd.weight", "output.weight");
    /** Those of them that are to be expected of a model that is not known. */
    static final Set<String> IN_MOST_MODELS = Set.of("token_embd.weight", "output.weight");
    /** What ik_llama.cpp takes for a tensor without an entry. */
    private static final Map<String, List<String>> IK_SUBSTITUTES = Map.of( //
            "ffn_gate", List.of("ffn_up"), //
            "ffn_gate_exps", List.of("ffn_up_exps", "ffn_gate_up_exps"), //
            "ffn_up_exps", List.of("ffn_gate_exps", "ffn_gate_up_exps"), //
            "ffn_gate_up_exps", List.of("ffn_gate_exps", "ffn_up_exps"), //
            "attn_v_b", List.of("attn_kv_b"), //
            "attn_kv_b", List.of("attn_v_b"));

    private QuantizerRules() {
    }

    /** Whether a quantizer may give the tensor another type. */
    static boolean quantize(TensorInfo tensor) {
        return tensor.dims().size() > 1 && !INTEGERS.contains(tensor.type()) && quantize(tensor.name());
    }

    /** Whether a quantizer may give a tensor of this name another type, if it has two dimensions or more. */
    static boolean quantize(String tensor) {
        return tensor.endsWith(WEIGHT) && NEVER_QUANTIZED.stream().noneMatch(tensor::contains);
    }

    static boolean isEmbeddingOrOutput(String tensor) {
        return EMBEDDINGS_AND_OUTPUT.contains(tensor);
    }

    /** The tensor whose entry ik_llama.cpp takes for this one; empty if there is none. */
    static Optional<String> ikSubstitute(String tensor, Predicate<String> hasEntry) {
        String[] parts = tensor.split("\\.");
        String kind = parts.length > 1 ? parts[parts.length - 2] : "";
        return IK_SUBSTITUTES.getOrDefault(kind, List.of()).stream()
                .map(other -> tensor.replace("." + kind + ".", "." + other + ".")).filter(hasEntry).findFirst();
    }
}
