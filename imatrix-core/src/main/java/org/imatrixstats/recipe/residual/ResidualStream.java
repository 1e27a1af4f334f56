package org.imatrixstats.recipe.residual;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorInfo;

/**
 * Which tensors of a model write the residual stream, and what scales what they write. {@link Sublayer} has their names.
 *
 * <table>
 * <caption>Writers</caption>
 * <tr><td>llama and what is built like it, with and without experts, phi<td>{@code attn_output}; {@code ffn_down},
 * {@code ffn_down_exps}
 * <tr><td>Gemma<td>the same; embeddings times √n; norms behind both blocks
 * <tr><td>Qwen hybrids, Mamba<td>{@code ssm_out} in recurrent layers
 * <tr><td>DeepSeek<td>{@code attn_output} behind latent attention; {@code ffn_down_shexp} of shared experts
 * </table>
 */
final class ResidualStream {
    static final String EMBEDDING = "token_embd.weight";
    private static final String NORM_BEFORE_FFN = "ffn_norm";
    /** They multiply embeddings or blocks by numbers of their metadata. */
    private static final Set<String> SCALED = Set.of("minicpm", "minicpm3", "granite", "granitemoe", "granitehybrid",
            "grok");
    /** Parts of the names of tensors that carry a stream beside the residual stream, or several streams. */
    private static final List<String> OTHER_STREAMS = List.of("altup_", "laurel_", "hc_attn", "hc_ffn");

    private final Model model;
    private final Map<String, TensorInfo> byName;

    ResidualStream(Model model, Map<String, TensorInfo> byName) {
        this.model = model;
        this.byName = byName;
    }

    /** Whether it is known what writes the stream. */
    boolean isKnown() {
        return byName.containsKey(EMBEDDING) && !model.isEncoder() && !SCALED.contains(model.architecture())
                && OTHER_STREAMS.stream()
                        .noneMatch(part -> byName.keySet().stream().anyMatch(name -> name.contains(part)));
    }

    /** Why not, one clause. */
    String whyUnknown() {
        return byName.containsKey(EMBEDDING)
                ? "it is not known what writes the residual stream of " + model.architecture() + " models"
                : "the model has no " + EMBEDDING;
    }

    /** What ‖embedding‖² is multiplied by. */
    double embeddingScale(long columns) {
        return model.architecture().startsWith("gemma") ? columns : 1;
    }

    TensorInfo tensor(int layer, String kind) {
        return byName.get("blk." + layer + "." + kind + ".weight");
    }

    /**
     * The weights of the norm that is applied to the output of a sublayer before it is added; null if there is none. Where
     * a layer has no norm before its FFN and none behind it, {@code post_attention_norm} is the one before the FFN.
     */
    TensorInfo normBehind(int layer, Sublayer sublayer) {
        List<TensorInfo> norms = tensors(layer, sublayer.norms);
        boolean beforeFfn = sublayer == Sublayer.ATTENTION && tensor(layer, NORM_BEFORE_FFN) == null
                && tensors(layer, Sublayer.FFN.norms).isEmpty();
        return beforeFfn || norms.isEmpty() ? null : norms.getFirst();
    }

    /** The tensors that write what a sublayer computes. */
    List<TensorInfo> writers(int layer, Sublayer sublayer) {
        return tensors(layer, sublayer.writers);
    }

    private List<TensorInfo> tensors(int layer, List<String> kinds) {
        return kinds.stream().map(kind -> tensor(layer, kind)).filter(tensor -> tensor != null).toList();
    }

    /** Whether a layer has tensors of a sublayer, but none that is known to write what it computes. */
    boolean lacksWriter(int layer, Sublayer sublayer) {
        if (!writers(layer, sublayer).isEmpty()) {
            return false;
        }
        String prefix = "blk." + layer + "." + sublayer.prefix;
        return byName.values().stream().anyMatch(tensor -> tensor.name().startsWith(prefix) && tensor.rows() > 1);
    }
}
