package org.imatrixstats.spectrum;

import java.util.Arrays;

/**
 * The entropy of a spectrum, in nats, with p = e / Σe.
 *
 * @param entropy    −Σ p ln p
 * @param published  −Σ p ln(p + 1e-9), as FPrune prints it
 * @param baseline   of a Gaussian matrix of the shape
 * @param stableRank Σe / max e
 */
public record Entropy(double entropy, double published, double baseline, double stableRank) {
    private static final double FLOOR = 1e-9;

    /** @param e eigenvalues, the largest first; NaN of zeros */
    static Entropy of(double[] e, double baseline) {
        double total = 0;
        for (int i = e.length - 1; i >= 0; i--) {
            total += e[i];
        }
        double entropy = 0;
        double published = 0;
        for (int i = e.length - 1; i >= 0; i--) {
            double p = e[i] / total;
            entropy -= p > 0 ? p * Math.log(p) : 0;
            published -= p * Math.log(p + FLOOR);
        }
        return total == 0
                ? new Entropy(Double.NaN, Double.NaN, baseline, Double.NaN)
                : new Entropy(entropy, published, baseline, total / e[0]);
    }

    static double[] squares(double[] sigma) {
        return Arrays.stream(sigma).map(x -> x * x).toArray();
    }

    /** Of a Gaussian matrix: ln N − N / (2 max), N the smaller dimension. */
    static double gaussian(long rows, long columns) {
        double small = Math.min(rows, columns);
        return Math.log(small) - small / (2 * Math.max(rows, columns));
    }

    /**
     * Of W_q·W_kᵀ of Gaussian matrices: ln n − 5/6 where both are square.
     *
     * @param q    rows of W_q
     * @param k    rows of W_k
     * @param from columns of both
     */
    static double gaussianProduct(long q, long k, long from) {
        double a = (double) from / q;
        double b = (double) from / k;
        double u = Math.min(1, Math.min(1 / a, 1 / b));
        return Math.log(from) + 1 + Math.log(u) - (1 + a + b) * u + (a + b + a * b) * u * u / 2 - a * b * u * u * u / 3;
    }

    /** How much lower the entropy is than that of a random matrix. */
    public double deficit() {
        return baseline - entropy;
    }

    /** exp(entropy). */
    public double effectiveRank() {
        return Math.exp(entropy);
    }
}
