package org.imatrixstats.numeric;

import java.util.Arrays;

/**
 * Where the middle of some figures is and how far they are from it, whatever outliers do.
 *
 * @param n      figures
 * @param median NaN of none
 * @param mad    the median absolute deviation from it
 * @param meanDeviation the mean absolute deviation from it; NaN of none
 */
public record Spread(int n, double median, double mad, double meanDeviation) {
    /** Makes the MAD of a normal distribution its standard deviation. */
    public static final double MAD_TO_SIGMA = 1.4826;
    /** The same for the mean absolute deviation: √(π / 2). */
    private static final double MEAN_DEVIATION_TO_SIGMA = Math.sqrt(Math.PI / 2);
    public static final int LEAST_FOR_Z = 3;

    /** Values that are NaN or infinite are to be left out before. */
    public static Spread of(double... figures) {
        double median = Median.of(figures);
        double[] deviations = Arrays.stream(figures).map(figure -> Math.abs(figure - median)).toArray();
        return new Spread(figures.length, median, Median.of(deviations),
                Arrays.stream(deviations).average().orElse(Double.NaN));
    }

    public double sigma() {
        return MAD_TO_SIGMA * mad;
    }

    /**
     * The robust z-score of a figure; NaN where it says nothing: of fewer than 3 figures, or if all are equal. If half of
     * them are equal, so that the MAD is 0, the mean absolute deviation takes its place, as Iglewicz and Hoaglin propose.
     */
    public double z(double figure) {
        double scale = mad > 0 ? sigma() : MEAN_DEVIATION_TO_SIGMA * meanDeviation;
        return n < LEAST_FOR_Z || !(scale > 0) ? Double.NaN : (figure - median) / scale;
    }
}
