package org.imatrixstats.numeric;

import java.util.Arrays;

/** The middle of some figures. */
public final class Median {
    private Median() {
    }

    /** The middle value, of an even number the mean of the two; NaN of none. Values that are NaN are to be left out before. */
    public static double of(double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
