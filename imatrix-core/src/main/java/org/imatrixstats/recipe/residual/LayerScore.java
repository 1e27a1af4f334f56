package org.imatrixstats.recipe.residual;

/**
 * The scores of a layer in a file; NaN for what the file does not have.
 *
 * @param layer     of the whole layer
 * @param attention of its attention alone
 * @param ffn       of its FFN alone
 */
public record LayerScore(double layer, double attention, double ffn) {
    double of(Sublayer sublayer) {
        double own = sublayer == Sublayer.ATTENTION ? attention : ffn;
        return Double.isNaN(own) ? layer : own;
    }

    static boolean isSimilarity(double value) {
        return value >= -1 && value <= 1;
    }
}
