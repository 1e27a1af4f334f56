package org.imatrixstats.stats;

import org.imatrixstats.numeric.Moments;

/**
 * One expert of a tensor; {@link ExpertStatistic} makes figures of it.
 *
 * @param tensor    the tensor
 * @param expert    its number, from 0
 * @param tokens    rows that reached it; NaN where the file does not say
 * @param fairShare rows per expert if all were used alike; NaN where the file does not say
 */
public record ExpertStats(TensorStats tensor, int expert, double tokens, double fairShare, Moments energy) {
    /** Whether it is known that no row reached it. */
    public boolean neverReached() {
        return tokens == 0;
    }

    /** Whether some rows reached it, but less than 1% of its fair share. */
    public boolean rarelyReached() {
        return tokens > 0 && tokens < ExpertLoad.RARE * fairShare;
    }
}
