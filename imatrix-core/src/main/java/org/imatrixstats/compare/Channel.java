package org.imatrixstats.compare;

/**
 * One input column of a tensor in two files; {@link ChannelStatistic} makes figures of it. Of a tensor with experts, the means
 * are averaged over the experts that have data in both files.
 *
 * @param column its number, from 0
 * @param a      E[x²] in A
 * @param b      E[x²] in B
 * @param sumA   Σ E[x²] of all columns in A; positive
 * @param sumB   that in B
 * @param rankA  1 for the largest of A; equal ones share the better rank
 * @param rankB  that of B
 * @param divergence the term of the column in the Jensen-Shannon divergence, in bits
 */
public record Channel(int column, double a, double b, double sumA, double sumB, int rankA, int rankB,
        double divergence) {
    double shareA() {
        return a / sumA;
    }

    double shareB() {
        return b / sumB;
    }
}
