/**
 * Figures of an importance matrix.
 *
 * <p>Start reading at {@link org.imatrixstats.stats.StatsCalculator}, which walks the values once into
 * {@code Moments} and {@code Comoments}; the formulas are in {@link org.imatrixstats.stats.Statistic}.
 */
package org.imatrixstats.stats;

import org.imatrixstats.numeric.Comoments;
import org.imatrixstats.numeric.Moments;
