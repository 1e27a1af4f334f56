package org.imatrixstats.recipe.residual;

import java.util.Map;

import org.imatrixstats.tensor.TensorName;

/**
 * How much of the residual stream the blocks of a layer write.
 *
 * @param layer     its number
 * @param attention the attention's share of the stream behind it; 0 if the layer has none
 * @param ffn       the FFN's share
 * @param carried   f of the FFN: 1 if many columns carry it
 * @param writers   the share of each tensor that writes, by its name: those of a block add up to the block's
 */
public record LayerShare(int layer, double attention, double ffn, double carried, Map<String, Double> writers) {
    /** The share of one of them; 0 if the layer does not have it. */
    double of(Sublayer sublayer) {
        return sublayer == Sublayer.ATTENTION ? attention : ffn;
    }

    boolean has(Sublayer sublayer) {
        return writers.keySet().stream().anyMatch(name -> sublayer.writers.contains(TensorName.of(name).kind()));
    }
}
