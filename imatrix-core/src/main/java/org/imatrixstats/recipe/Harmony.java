package org.imatrixstats.recipe;

import java.util.List;
import java.util.Optional;

import org.imatrixstats.tensor.TensorName;

/** Tensors of a layer that share an input and get one type. */
public enum Harmony {
    /** ik_llama.cpp computes both at once where their types are equal (-fmoe, -fug). */
    GATE_UP(List.of("ffn_gate", "ffn_up"), List.of("", "_exps", "_shexp", "_chexps")), //
    QK(List.of("attn_q", "attn_k"), List.of("")), //
    QKV(List.of("attn_q", "attn_k", "attn_v"), List.of(""));

    private final List<String> starts;
    private final List<String> ends;

    Harmony(List<String> starts, List<String> ends) {
        this.starts = starts;
        this.ends = ends;
    }

    /** What the tensors of a layer have in common that get one type; empty for others. */
    Optional<String> group(TensorName name) {
        String kind = name.kind().substring(name.kind().lastIndexOf('.') + 1);
        for (String start : starts) {
            if (kind.startsWith(start) && ends.contains(kind.substring(start.length()))) {
                return Optional.of(this + kind.substring(start.length()));
            }
        }
        return Optional.empty();
    }
}
