/**
 * Whether a calibration run has seen enough: the snapshots of one run, how they near the last, and what the spread between
 * the batches of text that lie between them says of the error that the last still has.
 *
 * <p>Start reading at {@link org.imatrixstats.converge.Convergence}.
 */
package org.imatrixstats.converge;
