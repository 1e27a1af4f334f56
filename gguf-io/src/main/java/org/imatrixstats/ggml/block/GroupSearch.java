package org.imatrixstats.ggml.block;

/**
 * A search for the scales of many groups of values at once. The sums of one group have to run in the order of its
 * values, and each addition waits for the one before. The groups do not depend on each other: element g of every array
 * belongs to group g, and the compiler turns the loops over g into vector instructions. Not for several threads.
 */
public interface GroupSearch {
    /** Values at a time that make the loops long enough. */
    int VALUES = 8192;

    /**
     * Finds the scales of groups that follow each other.
     *
     * @param from    the values, from {@code at} on; they are read again by {@link #levels}
     * @param weights the weights of the values, from 0 on
     */
    void search(float[] from, int at, float[] weights, int groups);

    /** d of a group. */
    float scale(int group);

    /** m of a group of values d·q + m; 0 if the search has no offsets. */
    float offset(int group);

    /** Writes the levels that gave the scale of a group. */
    void levels(int group, byte[] into, int at);
}
