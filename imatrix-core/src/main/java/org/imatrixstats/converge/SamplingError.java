package org.imatrixstats.converge;

import java.util.Arrays;

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
 * @param sumDeviations   per batch, how far Σ of the batch is from that of the run, over the experts that it reached,
 *                        relative to the latter; NaN if unknown
 * @param shareParts      per batch, its part in the variance of the shares, 0 to 1: with m batches alike about 1/m; NaN if
 *                        unknown
 */
public record SamplingError(int batches, int expertsUnknown, double sum, double shares, double[] sumDeviations,
        double[] shareParts) {
    /** JS ≈ χ² / 8 in nats, where χ² = Σ (δp)² / p. */
    private static final double DIVERGENCE_PER_CHI_SQUARE = 1 / (8 * Math.log(2));

    /** @param snapshots of the run, each the end of a batch, whether that reached the tensor or not */
    static SamplingError unknown(int batches, int expertsUnknown, int snapshots) {
        double[] unknown = new double[snapshots];
        Arrays.fill(unknown, Double.NaN);
        return new SamplingError(batches, expertsUnknown, Double.NaN, Double.NaN, unknown, unknown);
    }

    /** Expected Jensen-Shannon divergence, in bits, to what an endless text would give; falls as 1/n. NaN if unknown. */
    public double expectedDivergence() {
        return shares * shares * DIVERGENCE_PER_CHI_SQUARE;
    }
}
