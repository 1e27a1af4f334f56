package org.imatrixstats.recipe.residual;

/**
 * The scores of a layer in a file; NaN for what the file does not have.
 *
 * @param layer     of the whole layer
 * @param attention of its attention alone
 * @param ffn       of its FFN alone
 */
public record LayerScore(double layer, double attention, double ffn) {
    double of(boolean ffnBlock) {
        double own = ffnBlock ? ffn : attention;
        return Double.isNaN(own) ? layer : own;
    }

    static boolean isSimilarity(double value) {
        return value >= -1 && value <= 1;
    }
}
