package org.imatrixstats.spectrum;

/**
 * Hill's estimate over the k largest of N eigenvalues: α = 1 + k / Σ ln(e_i / e_(N−k)).
 *
 * @param k how many
 */
public record Hill(double alpha, int k) {
}
