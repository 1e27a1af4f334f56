package org.imatrixstats.recipe.residual;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/**
 * What an error in each tensor costs, by how much of the residual stream its block writes: loss of a tensor in a type =
 * weight · E.
 *
 * <pre>
 * down projection           {@value #SCALE} · share_ffn
 * gate, up                  {@value #SCALE} · share_ffn · f
 * tensors of the attention  {@value #SCALE} · share_attn · ((1 − share_ffn) + share_ffn · f)
 * output {@value #OUTPUT}, token embeddings {@value #EMBEDDINGS}, tied ones {@value #TIED}
 * </pre>
 *
 * The loss predicts the KL divergence that quantization of the tensor alone causes. The constants were fitted to
 * measurements of it on small trained models (docs/statistics.md).
 */
final class BlockWeights {
    /** KL divergence by E and share: 0.04 to 0.06 for all tensors where the share is large. */
    static final double SCALE = 0.05;
    static final double OUTPUT = 0.28;
    static final double EMBEDDINGS = 0.016;
    static final double TIED = 0.30;
    /** What an error before a router adds by flipping choices, when all routers are behind it. */
    static final double ROUTER = 0.0015;
    private static final String ROUTER_KIND = "ffn_gate_inp";

    private final Model model;
    private final Map<Integer, LayerShare> layers;
    private final List<Integer> routers;

    private BlockWeights(Model model, List<LayerShare> layers) {
        this.model = model;
        this.layers = layers.stream().collect(Collectors.toMap(LayerShare::layer, Function.identity()));
        this.routers = model.tensors().stream().map(tensor -> TensorName.of(tensor.name()))
                .filter(name -> name.kind().equals(ROUTER_KIND) && this.layers.containsKey(name.layer()))
                .map(TensorName::layer).toList();
    }

    /** Of all tensors that have a layer, of the output and of the token embeddings. */
    static Map<String, Double> of(Model model, List<LayerShare> layers) {
        return new BlockWeights(model, layers).all();
    }

    private Map<String, Double> all() {
        Map<String, Double> weights = new HashMap<>();
        // What predicts further tokens counts least: it does not change what the model says.
        double least = SCALE
                * layers.values().stream().mapToDouble(each -> Math.min(each.attention(), each.ffn())).min()
                        .orElseThrow();
        for (TensorInfo tensor : model.tensors()) {
            TensorName name = TensorName.of(tensor.name());
            if (model.isUnused(tensor.name())) {
                weights.put(tensor.name(), 0.0);
            } else if (name.hasLayer()) {
                LayerShare layer = layers.get(name.layer());
                weights.put(tensor.name(), layer == null ? least : weight(name, layer));
            } else if (name.kind().equals("output")) {
                weights.put(tensor.name(), OUTPUT);
            } else if (tensor.name().equals(ResidualStream.EMBEDDING)) {
                weights.put(tensor.name(), model.hasTiedEmbeddings() ? TIED : EMBEDDINGS + router(-1, true));
            }
        }
        return weights;
    }

    private double weight(TensorName name, LayerShare layer) {
        boolean ofFfn = Sublayer.of(name) == Sublayer.FFN;
        boolean writer = Sublayer.FFN.writers.contains(name.kind());
        double share = ofFfn
                ? layer.ffn() * (writer ? 1 : layer.carried())
                : layer.attention() * (1 - layer.ffn() + layer.ffn() * layer.carried());
        return SCALE * share + router(layer.layer(), !ofFfn);
    }

    /** A flipped choice of experts is an error that no share knows: a part for each router behind the tensor. */
    private double router(int layer, boolean beforeOwn) {
        long behind = routers.stream().filter(each -> each > layer || beforeOwn && each == layer).count();
        return ROUTER * behind / layers.size();
    }
}
