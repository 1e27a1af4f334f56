package org.imatrixstats.compare;

/**
 * A column number that is among the largest 1% in many tensors of one width; {@link OutlierStatistic} makes figures of it.
 * Tensors of one width mostly read the same residual stream.
 *
 * @param width    columns of the tensors
 * @param column   its number, from 0
 * @param tensors  tensors of that width, those that share an input counted once
 * @param inA      in how many of these it is among the largest 1% of A
 * @param inB      that of B
 * @param timesA   the mean, over these tensors, of its E[x²] over the mean of all columns in A
 * @param timesB   that of B
 */
public record OutlierChannel(int width, int column, int tensors, int inA, int inB, double timesA, double timesB) {
}
