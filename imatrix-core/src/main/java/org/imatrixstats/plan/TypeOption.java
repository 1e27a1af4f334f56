package org.imatrixstats.plan;

/** An option that gives some tensors a type. Those of ik_llama.cpp alone are in the order in which it looks at them. */
public enum TypeOption {
    OUTPUT("--output-tensor-type", "output.weight", true), //
    TOKEN_EMBEDDING("--token-embedding-type", "token_embd.weight", true), //
    PER_LAYER_TOKEN_EMBEDDING("--per-layer-token-embedding-type", "per_layer_token_embd.weight", true), //
    ROUTER("--ffn-gate-inp-type", "ffn_gate_inp.weight", true), //
    VALUE("--attn-v-type", "attn_v.weight", false), //
    KEY("--attn-k-type", "attn_k", false), //
    QUERY("--attn-q-type", "attn_q", false), //
    DOWN("--ffn-down-type", "ffn_down", false), //
    ATTENTION_OUTPUT("--attn-output-type", "attn_output.weight", false), //
    QUERY_KEY_VALUE("--attn-qkv-type", "attn_qkv.weight", false), //
    GATE("--ffn-gate-type", "ffn_gate", false), //
    UP("--ffn-up-type", "ffn_up", false);

    private final String option;
    private final String tensors;
    private final boolean beatsRules;

    TypeOption(String option, String tensors, boolean beatsRules) {
        this.option = option;
        this.tensors = tensors;
        this.beatsRules = beatsRules;
    }

    /** As it is written. */
    @Override
    public String toString() {
        return option;
    }

    /** What the names of its tensors hold. */
    public String tensors() {
        return tensors;
    }

    /** Whether it has the last word, over rules and shapes; otherwise it takes the place of the mix. */
    public boolean beatsRules() {
        return beatsRules;
    }

    /** Whether llama.cpp has it too. */
    public boolean isOfBoth() {
        return this == OUTPUT || this == TOKEN_EMBEDDING;
    }
}
