package org.imatrixstats.stats;

import org.imatrixstats.numeric.Spread;

/**
 * Where a tensor stands by its mean E[x²] per column with data. Only tensors of one kind are comparable: between kinds the
 * figures differ by orders of magnitude for reasons that have nothing to do with importance. The mean and not Σ decides,
 * because Σ also counts the columns: a layer in which some experts have no data, or whose rows are shorter, has a smaller Σ
 * without being less important.
 *
 * @param rankInKind  1 for the largest mean of its kind; equal means share the better rank; NaN where all are alike
 * @param robustZ     (ln mean − median) / max(1.4826 · MAD, 0.0037) over the kind; NaN for fewer than 3 tensors and where
 *                    all are alike
 * @param shareOfKind Σ over the sum of Σ of the kind; NaN where one is negative
 * @param rankOverall 1 for the largest Σ of all tensors: the order of the first version of the statistic
 * @param kind        the spread of ln mean over the kind
 * @param kindSize    tensors of the kind that have a mean
 */
record Standing(double rankInKind, double robustZ, double shareOfKind, int rankOverall, LogSpread kind, int kindSize) {
    /** Whether the tensors of the kind are known to be all alike. */
    boolean alike() {
        return kindSize >= Spread.LEAST_FOR_Z && kind.alike();
    }

    /** Whether the tensors of the kind differ enough that their order means something. */
    boolean ranked() {
        return kindSize >= Spread.LEAST_FOR_Z && !kind.alike();
    }
}
