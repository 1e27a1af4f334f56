package org.imatrixstats.imatrix.converge;

/**
 * How far a tensor of the last snapshot is from what an endless text of the same kind would give, as the spread between the
 * batches of text tells. All are standard errors and fall as 1/√n.
 *
 * @param batches         batches that reached the tensor
 * @param expertsUnknown  matrices (experts) that only one batch reached: nothing is known of their error, and they are
 *                        left out of the others
 * @param sum             relative standard error of Σ = Σ e; NaN if unknown
 * @param shares          root of the mean of the squared relative standard errors of the columns' shares p = e / Σ, weighted
 *                        by p; NaN if unknown
 */
public record SamplingError(int batches, int expertsUnknown, double sum, double shares) {
    /** JS ≈ χ² / 8 in nats, where χ² = Σ (δp)² / p. */
    private static final double DIVERGENCE_PER_CHI_SQUARE = 1 / (8 * Math.log(2));

    static SamplingError unknown(int batches) {
        return new SamplingError(batches, 0, Double.NaN, Double.NaN);
    }

    /** Expected Jensen–Shannon divergence, in bits, to what an endless text would give; falls as 1/n. NaN if unknown. */
    public double expectedDivergence() {
        return shares * shares * DIVERGENCE_PER_CHI_SQUARE;
    }
}
