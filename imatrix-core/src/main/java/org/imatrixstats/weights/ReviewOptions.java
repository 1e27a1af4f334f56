package org.imatrixstats.weights;

import org.imatrixstats.imatrix.Imatrix;

/**
 * What a review of weights looks at.
 *
 * @param bins     of histograms
 * @param imatrix  for weighted figures; null without one
 * @param threads  how many; the answer is the same for any number
 * @param clusters whether to look for clusters, which takes longer than all else
 */
public record ReviewOptions(int bins, Imatrix imatrix, int threads, boolean clusters) {
}
