/**
 * Singular values of the weights of a model: power-law exponents, ranks, entropies, and what layer-wise pruning methods make
 * of them.
 */
package org.imatrixstats.spectrum;
