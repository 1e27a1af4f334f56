package org.imatrixstats.weights;

/**
 * What one pass over a part of a tensor gives.
 *
 * @param sums          without moments and extremes if the values are counted
 * @param buckets       see {@link Buckets}
 * @param rowSquares    Σx² of each row
 * @param columnSums    Σx of each column; empty where nobody asks
 * @param columnSquares Σx² of each column
 */
record PartSums(WeightSums sums, int[] buckets, double[] rowSquares, double[] columnSums, double[] columnSquares) {
}
