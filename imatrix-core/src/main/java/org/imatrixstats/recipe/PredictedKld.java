package org.imatrixstats.recipe;

/**
 * A KL divergence that a sum of losses predicts, and the range that the measured one was in where both are known
 * (docs/recipe.md).
 *
 * @param value the sum
 * @param low   the least that was measured for such a prediction
 * @param high  the most
 */
public record PredictedKld(double value, double low, double high) {
    /** From here on losses of tensors add up to a few ten per cent. */
    private static final double ADDITIVE_BITS = 3.8;
    /** Below, the joint loss is larger than the sum. */
    private static final double LEAST_BITS = 3;

    /** @param bitsPerWeight of the recipe: below 4 bits losses add up less well */
    public static PredictedKld of(double value, double bitsPerWeight) {
        double low = bitsPerWeight >= ADDITIVE_BITS ? 0.7 : 0.5;
        double high = bitsPerWeight >= LEAST_BITS ? 2 : 3;
        return new PredictedKld(value, low * value, high * value);
    }
}
