package org.imatrixstats.recipe.residual;

import java.util.List;

import org.imatrixstats.tensor.TensorName;

/** The attention or the FFN of a layer: each adds what it computes to the residual stream. */
enum Sublayer {
    ATTENTION("attention", "attn_", List.of("attn_output", "ssm_out", "attn_out"),
            List.of("post_attention_norm", "attn_post_norm")), //
    FFN("FFN", "ffn_", List.of("ffn_down", "ffn_down_exps", "ffn_down_shexp"),
            List.of("post_ffw_norm", "ffn_post_norm"));

    private final String label;
    /** What the names of its tensors start with. */
    final String prefix;
    /** The kinds of the tensors that write the stream. */
    final List<String> writers;
    /** The kinds of the norms that are applied to its output before it is added. */
    final List<String> norms;

    Sublayer(String label, String prefix, List<String> writers, List<String> norms) {
        this.label = label;
        this.prefix = prefix;
        this.writers = writers;
        this.norms = norms;
    }

    /** The one that a tensor of a layer belongs to. */
    static Sublayer of(TensorName name) {
        return name.kind().startsWith(FFN.prefix) ? FFN : ATTENTION;
    }

    @Override
    public String toString() {
        return label;
    }
}
