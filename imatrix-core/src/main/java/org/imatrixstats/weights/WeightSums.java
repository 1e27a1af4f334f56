package org.imatrixstats.weights;

/**
 * Counts and sums over weights that merge: of two parts of a tensor, of the tensors of a layer. NaN and infinities are
 * counted and left out of everything else.
 *
 * @param count        values altogether
 * @param zeros        +0 and −0
 * @param subnormals   values that the type stores as subnormal
 * @param min          infinite if there are no finite values, as is max
 * @param mean         of the finite values
 * @param m2           Σ (x − mean)², and likewise the third and fourth power
 * @param sumAbs       Σ |x|
 */
public record WeightSums(long count, long zeros, long negativeZeros, long nan, long positiveInfinite,
        long negativeInfinite, long subnormals, double min, double max, double mean, double m2, double m3, double m4,
        double sumAbs) {
    static final WeightSums NONE = new WeightSums(0, 0, 0, 0, 0, 0, 0, Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY, 0, 0, 0, 0, 0);

    /**
     * The sums of both. Central moments by the formulas of Chan et al. (1979) and Pébay (SAND2008-6212), which keep the
     * digits that sums of raw powers lose when the mean is large against the spread.
     */
    public WeightSums merge(WeightSums o) {
        double a = finite();
        double b = o.finite();
        double all = Math.max(1, a + b);
        double delta = a == 0 || b == 0 ? 0 : o.mean - mean;
        double delta2 = delta * delta;
        double ab = a * b;
        double mergedMean = a == 0 ? o.mean : mean + delta * b / all;
        double merged2 = m2 + o.m2 + delta2 * ab / all;
        double merged3 = m3 + o.m3 + delta2 * delta * ab * (a - b) / (all * all)
                + 3 * delta * (a * o.m2 - b * m2) / all;
        double merged4 = m4 + o.m4 + delta2 * delta2 * ab * (a * a - ab + b * b) / (all * all * all)
                + 6 * delta2 * (a * a * o.m2 + b * b * m2) / (all * all) + 4 * delta * (a * o.m3 - b * m3) / all;
        return new WeightSums(count + o.count, zeros + o.zeros, negativeZeros + o.negativeZeros, nan + o.nan,
                positiveInfinite + o.positiveInfinite, negativeInfinite + o.negativeInfinite,
                subnormals + o.subnormals, Math.min(min, o.min), Math.max(max, o.max), mergedMean, merged2, merged3,
                merged4, sumAbs + o.sumAbs);
    }

    /** The same, so many of the values being zero. */
    WeightSums withZeros(long number) {
        return new WeightSums(count, number, 0, nan, positiveInfinite, negativeInfinite, subnormals, min, max, mean, m2,
                m3, m4, sumAbs);
    }

    /** The same, so many of the values being subnormal. */
    WeightSums withSubnormals(long number) {
        return new WeightSums(count, zeros, negativeZeros, nan, positiveInfinite, negativeInfinite, number, min, max,
                mean, m2, m3, m4, sumAbs);
    }

    /** These counts with the moments of the same values. */
    WeightSums withMoments(WeightSums o) {
        return new WeightSums(count, zeros, negativeZeros, nan, positiveInfinite, negativeInfinite, subnormals, o.min,
                o.max, o.mean, o.m2, o.m3, o.m4, o.sumAbs);
    }

    public long finite() {
        return count - nan - positiveInfinite - negativeInfinite;
    }

    /** Values that are not zero, NaN and infinities among them. */
    public long nonzero() {
        return count - zeros;
    }

    /** Share of zeros; NaN of no values. */
    public double zeroShare() {
        return (double) zeros / count;
    }

    /** The smallest finite value; NaN if there is none, as of all that follow. */
    public double least() {
        return finite() == 0 ? Double.NaN : min + 0.0;
    }

    public double greatest() {
        return finite() == 0 ? Double.NaN : max + 0.0;
    }

    public double absMax() {
        return Math.max(Math.abs(least()), Math.abs(greatest()));
    }

    public double average() {
        return finite() == 0 ? Double.NaN : min == max ? min + 0.0 : mean;
    }

    public double meanAbs() {
        return sumAbs / finite();
    }

    /** Of the population: √(m2 / n). */
    public double stdDev() {
        return finite() > 0 && min == max ? 0 : Math.sqrt(m2 / finite());
    }

    /** m3 / m2^1.5; NaN if all values are equal. */
    public double skewness() {
        double variance = m2 / finite();
        return min == max ? Double.NaN : m3 / finite() / (variance * Math.sqrt(variance));
    }

    /** m4 / m2² − 3: 0 of a normal distribution. NaN if all values are equal. */
    public double kurtosis() {
        double variance = m2 / finite();
        return min == max ? Double.NaN : m4 / finite() / (variance * variance) - 3;
    }

    public double l2Norm() {
        return finite() == 0 ? Double.NaN : Math.sqrt(m2 + finite() * mean * mean);
    }
}
