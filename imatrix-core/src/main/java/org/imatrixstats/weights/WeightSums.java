package org.imatrixstats.weights;

import org.imatrixstats.numeric.Moments;

/**
 * Counts and sums over weights that merge: of two parts of a tensor, of the tensors of a layer. NaN and infinities are
 * counted and left out of everything else.
 *
 * @param count      values altogether
 * @param zeros      +0 and −0
 * @param subnormals values that the type stores as subnormal
 * @param moments    of the finite values, with their extremes
 * @param sumAbs     Σ |x| of the finite values
 */
public record WeightSums(long count, long zeros, long negativeZeros, long nan, long positiveInfinite,
        long negativeInfinite, long subnormals, Moments moments, double sumAbs) {
    static final WeightSums NONE = new WeightSums(0, 0, 0, 0, 0, 0, 0, Moments.EMPTY, 0);

    /** Sums of finite values. Zeros are not counted. */
    static WeightSums of(Moments moments, double sumAbs) {
        return new WeightSums(moments.n(), 0, 0, 0, 0, 0, 0, moments, sumAbs);
    }

    /** The sums of both. */
    public WeightSums merge(WeightSums o) {
        return new WeightSums(count + o.count, zeros + o.zeros, negativeZeros + o.negativeZeros, nan + o.nan,
                positiveInfinite + o.positiveInfinite, negativeInfinite + o.negativeInfinite,
                subnormals + o.subnormals, moments.merge(o.moments), sumAbs + o.sumAbs);
    }

    /** The same, so many of the values being zero. */
    WeightSums withZeros(long number) {
        return new WeightSums(count, number, 0, nan, positiveInfinite, negativeInfinite, subnormals, moments, sumAbs);
    }

    /** The same, so many of the values being subnormal. */
    WeightSums withSubnormals(long number) {
        return new WeightSums(count, zeros, negativeZeros, nan, positiveInfinite, negativeInfinite, number, moments,
                sumAbs);
    }

    /** How many values are neither NaN nor infinite; the figures below are of these. */
    public long finite() {
        return count - nan - positiveInfinite - negativeInfinite;
    }

    /** Values that are not zero, NaN and infinities among them. */
    public long nonzero() {
        return count - zeros;
    }

    /** The smallest finite value; NaN if there is none, as of all that follow. */
    public double least() {
        return finite() == 0 ? Double.NaN : moments.min() + 0.0;
    }

    /** The largest value; NaN without values. */
    public double greatest() {
        return finite() == 0 ? Double.NaN : moments.max() + 0.0;
    }

    /** The largest |w|; NaN without values. */
    public double absMax() {
        return Math.max(Math.abs(least()), Math.abs(greatest()));
    }

    private boolean areEqual() {
        return moments.min() == moments.max();
    }

    /** The mean; NaN without values. */
    public double average() {
        return finite() == 0 ? Double.NaN : areEqual() ? least() : moments.mean();
    }

    /** The mean of |w|; NaN without values. */
    public double meanAbs() {
        return sumAbs / finite();
    }

    /** Of the population: √(m2 / n). */
    public double stdDev() {
        return areEqual() ? 0 : moments.stddev();
    }

    /** m3 / m2^1.5; NaN if all values are equal. */
    public double skewness() {
        return areEqual() ? Double.NaN : moments.skewness();
    }

    /** m4 / m2² − 3: 0 of a normal distribution. NaN if all values are equal. */
    public double kurtosis() {
        return areEqual() ? Double.NaN : moments.kurtosis();
    }

    /** √Σ w²; NaN without values. */
    public double l2Norm() {
        return finite() == 0 ? Double.NaN : Math.sqrt(moments.m2() + finite() * moments.mean() * moments.mean());
    }
}
