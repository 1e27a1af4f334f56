package org.imatrixstats.spectrum;

/**
 * A power law p(e) ~ e^−α fitted to the upper tail of some eigenvalues.
 *
 * @param alpha    α = 1 + n / Σ ln(e_j / e_start), the maximum likelihood over the n values of the tail
 * @param distance Kolmogorov–Smirnov distance between the tail and the fit
 * @param start    where the tail starts, counted from 0 in ascending order
 * @param sigma    standard error of the fit, (α − 1) / √n
 * @param gap      how much larger the second least distance is; where it is tiny, an equally exact program may choose another
 *                 start. NaN without a choice
 * @param peak     the left edge of the fullest of 100 bins of log10 e; NaN where it decides nothing
 */
public record PowerLaw(double alpha, double distance, int start, double sigma, double gap, double peak) {
}
