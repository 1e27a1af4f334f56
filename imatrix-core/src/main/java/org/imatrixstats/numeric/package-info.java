/**
 * Sums over numbers that merge, and the loops that take them.
 *
 * <p>{@link org.imatrixstats.numeric.Moments}, {@link org.imatrixstats.numeric.Comoments} and
 * {@link org.imatrixstats.numeric.ErrorSums} are immutable. Two of them merge into the sums of both parts, and each can be
 * written as bytes, so that parts may be computed on several machines. Double sums depend on the order of merging: whoever
 * needs the same bits every time merges in a fixed order, as {@link org.imatrixstats.scan.Parallel} does.
 */
package org.imatrixstats.numeric;
