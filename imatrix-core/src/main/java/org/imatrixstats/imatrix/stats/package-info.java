/**
 * Figures of an importance matrix.
 *
 * <p>Start reading at {@link org.imatrixstats.imatrix.stats.StatsCalculator}, which walks the values once into
 * {@code Moments} and {@code Comoments}; the formulas are in {@link org.imatrixstats.imatrix.stats.Statistic}.
 */
package org.imatrixstats.imatrix.stats;
