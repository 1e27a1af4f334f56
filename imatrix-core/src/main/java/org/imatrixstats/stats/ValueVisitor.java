package org.imatrixstats.stats;

import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Block;

/**
 * Looks at the values of an importance matrix while {@link StatsCalculator} has them at hand, so that a file is walked once.
 * Entries that hold the same are given once. Several threads are given parts of one entry.
 *
 * @param <S> what is found in a part of an entry, which belongs to one thread at a time
 */
public interface ValueVisitor<S> {
    /** Called before the first block of each part. */
    S begin(ImatrixEntry entry);

    /**
     * Called for each block of a part, in order. A part consists of whole rows of the entry.
     *
     * @param squares the sums of x² of the block, from 0 on
     * @param sums    the sums of x of the block, if the entry has them
     */
    void visit(S found, Block block, float[] squares, float[] sums);

    /** Adds what was found in the next part of the entry. */
    S merge(S earlier, S later);

    /** Called when all of an entry was visited, by one thread for all entries. */
    void end(ImatrixEntry entry, S found);
}
