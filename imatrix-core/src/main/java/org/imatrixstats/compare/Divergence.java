package org.imatrixstats.compare;

/**
 * How far the shares p = e_A / Σ e_A and q = e_B / Σ e_B of the columns of a tensor are apart.
 *
 * <p>All are sums of one term per column that is never negative, so that they are exactly 0 for equal inputs and keep their
 * digits near 0. With A and B exchanged they are the same to the bit, the two of Kullback and Leibler exchanged.
 *
 * @param elements        columns that both files have
 * @param sumA            Σ e_A over them; NaN or infinite if a value is, NaN if one is negative
 * @param sumB            Σ e_B, likewise
 * @param jensenShannon   Σ (p·log2(p/m) + q·log2(q/m)) / 2 with m = (p + q) / 2, in bits, 0 to 1; NaN if undefined, which it
 *                        is if one of the sums is 0 or NaN
 * @param kullbackLeiblerAB Σ p·log2(p/q), in bits; NaN if undefined, also where q = 0 &lt; p for some column
 * @param kullbackLeiblerBA Σ q·log2(q/p), likewise
 * @param totalVariation  Σ |p − q| / 2, 0 to 1; NaN if undefined
 */
public record Divergence(long elements, double sumA, double sumB, double jensenShannon, double kullbackLeiblerAB,
        double kullbackLeiblerBA, double totalVariation) {
    /** Whether both sums are positive and finite and no value is negative: nothing is defined if not. */
    public boolean defined() {
        return !Double.isNaN(jensenShannon);
    }

    static Divergence undefined(long elements, double sumA, double sumB) {
        return new Divergence(elements, sumA, sumB, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
}
