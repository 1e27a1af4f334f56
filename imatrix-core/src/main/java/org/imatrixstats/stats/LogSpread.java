package org.imatrixstats.stats;

import java.util.Arrays;

import org.imatrixstats.numeric.Spread;

/**
 * How figures above 0 that are compared by their ratio spread: their logarithms.
 *
 * @param spread of the natural logarithms
 * @param range  the largest less the smallest logarithm; NaN of none
 */
public record LogSpread(Spread spread, double range) {
    /** Figures within 1% of each other are alike: ln 1.01, the most that the largest and the smallest may differ. */
    static final double ALIKE = Math.log(1.01);
    /** The scale of figures that lie evenly between the largest and the smallest that are alike: their MAD is a quarter. */
    private static final double LEAST_SCALE = Spread.MAD_TO_SIGMA * ALIKE / 4;

    /** Figures that are NaN are left out. A 0 has no logarithm: it makes the range infinite and is left out otherwise. */
    public static LogSpread of(double... figures) {
        double[] logarithms = Arrays.stream(figures).map(Math::log).filter(each -> !Double.isNaN(each)).toArray();
        double range = Arrays.stream(logarithms).max().orElse(Double.NaN)
                - Arrays.stream(logarithms).min().orElse(Double.NaN);
        return new LogSpread(Spread.of(Arrays.stream(logarithms).filter(Double::isFinite).toArray()), range);
    }

    /** Whether all figures are within 1% of each other. */
    public boolean alike() {
        return range <= ALIKE;
    }

    /** Whether a figure differs from the middle by more than figures do that are alike. */
    boolean standsOut(double figure) {
        return Math.abs(Math.log(figure) - spread.median()) > ALIKE;
    }

    double sigma() {
        return spread.sigma();
    }

    /**
     * The robust z-score of a figure; NaN of fewer than 3 figures, and of one that is not above 0. The scale has a least
     * value, 0.0037: where nearly all are alike, one that is not stands out, and the others do not.
     */
    public double z(double figure) {
        return spread.n() < Spread.LEAST_FOR_Z || !(figure > 0)
                ? Double.NaN
                : (Math.log(figure) - spread.median()) / Math.max(sigma(), LEAST_SCALE);
    }
}
