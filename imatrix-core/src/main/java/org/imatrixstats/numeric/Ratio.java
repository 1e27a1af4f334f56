package org.imatrixstats.numeric;

/**
 * A ratio Σ y / Σ x over rows, with what its standard error needs when only some rows were read.
 *
 * @param y  Σ over rows of the numerator, such as the squared error of a row
 * @param x  Σ over rows of the denominator, such as the energy of a row
 * @param yy Σ over rows of the square of the numerator
 * @param xy Σ over rows of the product
 * @param xx Σ over rows of the square of the denominator
 */
public record Ratio(double y, double x, double yy, double xy, double xx) {
    static final Ratio EMPTY = new Ratio(0, 0, 0, 0, 0);

    static Ratio ofRow(double y, double x) {
        return new Ratio(y, x, y * y, x * y, x * x);
    }

    Ratio merge(Ratio other) {
        return new Ratio(y + other.y, x + other.x, yy + other.yy, xy + other.xy, xx + other.xx);
    }

    /** Σ y / Σ x; NaN if both are 0. */
    public double value() {
        return y / x;
    }

    /**
     * The standard error of {@link #value} as an estimate for all rows (Cochran, Sampling Techniques, 6.4): the rows read
     * count as drawn at random without replacement. 0 if all rows were read, NaN for a single row of several.
     *
     * @param rows   rows that were read
     * @param ofRows rows that there are
     */
    public double standardError(long rows, long ofRows) {
        if (rows == ofRows) {
            return x == 0 ? Double.NaN : 0;
        }
        return Math.sqrt(variance(value(), rows, ofRows)) / x;
    }

    /** The variance of Σ y − ratio · Σ x that comes from reading only some rows; 0 if all rows were read. */
    public double variance(double ratio, long rows, long ofRows) {
        if (rows == ofRows) {
            return 0;
        }
        double inSum2 = Math.max(0, yy - 2 * ratio * xy + ratio * ratio * xx);
        return (1 - rows / (double) ofRows) * rows / (rows - 1.0) * inSum2;
    }
}
