package org.imatrixstats.numeric;

import java.util.Arrays;

/**
 * Where the middle of some figures is and how far they are from it, whatever outliers do.
 *
 * @param n      figures
 * @param median NaN of none
 * @param mad    the median absolute deviation from it
 */
public record Spread(int n, double median, double mad) {
    /** Makes the MAD of a normal distribution its standard deviation. */
    public static final double MAD_TO_SIGMA = 1.4826;
    public static final int LEAST_FOR_Z = 3;

    /** Values that are NaN or infinite are to be left out before. */
    public static Spread of(double... figures) {
        double median = Median.of(figures);
        return new Spread(figures.length, median,
                Median.of(Arrays.stream(figures).map(figure -> Math.abs(figure - median)).toArray()));
    }

    public double sigma() {
        return MAD_TO_SIGMA * mad;
    }

    /** The robust z-score of a figure; NaN where it says nothing: of fewer than 3 figures, or if half of them are equal. */
    public double z(double figure) {
        return n < LEAST_FOR_Z || !(mad > 0) ? Double.NaN : (figure - median) / sigma();
    }
}
