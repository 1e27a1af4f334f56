package org.imatrixstats.numeric;

import java.util.Arrays;
import java.util.function.DoublePredicate;

/**
 * The loops over values. A vector of means is given as stored: sums in float32, with the count that turns a sum into a
 * mean, so that no loop divides.
 *
 * <p>A sum is spread over {@value #LANES} partial sums, one per position modulo that number. The compiler turns such loops
 * into vector instructions, which it may not do for one running sum, whose order it has to keep; it makes them two to four
 * times as fast. Such loops are separate methods, which are compiled sooner and faster than one long method. Each
 * thread has its own instance.
 */
public final class Kernels {
    /** Columns with |E[x²]| above this are active; the threshold of llama-imatrix. */
    static final double ACTIVE_ABOVE = 1e-5;
    /** Enough to fill any vector register, few enough for four arrays of them to stay in the first-level cache. */
    private static final int LANES = 256;
    /** The last in the order of all floats, by {@link #number}. */
    private static final int INFINITY = number(Float.POSITIVE_INFINITY);

    private final double[] a = new double[LANES];
    private final double[] b = new double[LANES];
    private final double[] c = new double[LANES];
    private final double[] d = new double[LANES];
    private float max;

    /** The moments of {@code v[from..to)} / count, which is not empty, with extremes, Σ x·log2 x and active columns. */
    public Moments energy(float[] v, int from, int to, double count) {
        double sum = sum(v, from, to);
        Moments central = central(v, from, to, count, sum);
        float min = extremes(v, from, to);
        return new Moments(central.n(), central.sum(), central.mean(), central.m2(), central.m3(), central.m4(),
                min / count, max / count, (sumXLog2X(v, from, to) - sum * Log2.exact(count)) / count,
                active(v, from, to, count, min));
    }

    /** Number, sum, mean and central moments of {@code v[from..to)} / count, which is not empty. */
    public Moments central(float[] v, int from, int to, double count) {
        return central(v, from, to, count, sum(v, from, to));
    }

    private Moments central(float[] v, int from, int to, double count, double sum) {
        int n = to - from;
        double mean = sum / n;
        clear(n);
        for (int i = from; i < to; i += LANES) {
            addPowers(v, i, Math.min(LANES, to - i), mean);
        }
        double count2 = count * count;
        return new Moments(n, sum / count, mean / count, total(a, n) / count2, total(b, n) / (count2 * count),
                total(c, n) / (count2 * count2), Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, 0);
    }

    /** Σ v[from..to). */
    public double sum(float[] v, int from, int to) {
        clear(to - from);
        for (int i = from; i < to; i += LANES) {
            addValues(v, i, Math.min(LANES, to - i));
        }
        return total(a, to - from);
    }

    /** The comoments of {@code x[from..to)} / countX and {@code y[from..to)} / countY, which are not empty. */
    public Comoments pairs(float[] x, double countX, float[] y, double countY, int from, int to) {
        int n = to - from;
        double perX = 1 / countX;
        double perY = 1 / countY;
        double meanX = sum(x, from, to) / n * perX;
        double meanY = sum(y, from, to) / n * perY;
        clear(n);
        for (int i = from; i < to; i += LANES) {
            addProducts(x, perX, meanX, y, perY, meanY, i, Math.min(LANES, to - i));
        }
        return new Comoments(n, meanX, meanY, total(a, n), total(b, n), total(c, n), total(d, n));
    }

    private void addValues(float[] v, int from, int lanes) {
        for (int j = 0; j < lanes; j++) {
            a[j] += v[from + j];
        }
    }

    private void addPowers(float[] v, int from, int lanes, double mean) {
        for (int j = 0; j < lanes; j++) {
            double x = v[from + j] - mean;
            double x2 = x * x;
            a[j] += x2;
            b[j] += x2 * x;
            c[j] += x2 * x2;
        }
    }

    private void addProducts(float[] x, double perX, double meanX, float[] y, double perY, double meanY, int from,
            int lanes) {
        for (int j = 0; j < lanes; j++) {
            double p = x[from + j] * perX;
            double q = y[from + j] * perY;
            double distance = p - q;
            p -= meanX;
            q -= meanY;
            a[j] += p * p;
            b[j] += q * q;
            c[j] += p * q;
            d[j] += distance * distance;
        }
    }

    private void clear(int n) {
        int lanes = Math.min(LANES, n);
        Arrays.fill(a, 0, lanes, 0);
        Arrays.fill(b, 0, lanes, 0);
        Arrays.fill(c, 0, lanes, 0);
        Arrays.fill(d, 0, lanes, 0);
    }

    private static double total(double[] partialSums, int n) {
        double total = 0;
        int lanes = Math.min(LANES, n);
        for (int j = 0; j < lanes; j++) {
            total += partialSums[j];
        }
        return total;
    }

    /** The smallest of {@code v[from..to)}; NaN if one is. */
    public static float min(float[] v, int from, int to) {
        float min = Float.POSITIVE_INFINITY;
        for (int i = from; i < to; i++) {
            min = Math.min(min, v[i]);
        }
        return min;
    }

    /** Returns the smallest value and keeps the largest. */
    private float extremes(float[] v, int from, int to) {
        float smallest = Float.POSITIVE_INFINITY;
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            smallest = Math.min(smallest, v[i]);
            largest = Math.max(largest, v[i]);
        }
        max = largest;
        return smallest;
    }

    private static int active(float[] v, int from, int to, double count, float min) {
        if (min / count > ACTIVE_ABOVE) {
            return to - from;
        }
        float first = firstFloatAbove(ACTIVE_ABOVE * count, x -> x / count > ACTIVE_ABOVE);
        int active = 0;
        for (int i = from; i < to; i++) {
            active += Math.abs(v[i]) >= first ? 1 : 0;
        }
        return active;
    }

    private static double sumXLog2X(float[] v, int from, int to) {
        double even = 0;
        double odd = 0;
        int i = from;
        for (; i < to - 1; i += 2) {
            even += Log2.xLog2x(v[i]);
            odd += Log2.xLog2x(v[i + 1]);
        }
        return i < to ? even + odd + Log2.xLog2x(v[i]) : even + odd;
    }

    /** How many of {@code v[from..to)} / count lie more than one standard deviation above the mean. */
    public static int aboveOneSigma(float[] v, int from, int to, double count, double mean, double stddev) {
        float first = firstFloatAbove((mean + stddev) * count, x -> (x / count - mean) / stddev > 1);
        int above = 0;
        for (int i = from; i < to; i++) {
            above += v[i] >= first ? 1 : 0;
        }
        return above;
    }

    /**
     * The smallest float for which a condition holds that is false below some number near {@code guess} and true above:
     * comparing floats with it decides exactly what the condition would decide, without its divisions.
     */
    private static float firstFloatAbove(double guess, DoublePredicate condition) {
        if (Double.isNaN(guess)) {
            return Float.NaN;
        }
        // Near 0, a guess that is off by a rounding of large sums is a billion floats away: steps that double, then halve.
        int below = number((float) guess);
        int above = below;
        for (int step = 1; below > -INFINITY && condition.test(numbered(below)); step = doubled(step)) {
            above = below;
            below = (int) Math.max((long) below - step, -INFINITY);
        }
        for (int step = 1; above < INFINITY && !condition.test(numbered(above)); step = doubled(step)) {
            below = above;
            above = (int) Math.min((long) above + step, INFINITY);
        }
        while (above - (long) below > 1) {
            int middle = (int) (((long) below + above) >> 1);
            if (condition.test(numbered(middle))) {
                above = middle;
            } else {
                below = middle;
            }
        }
        return numbered(above);
    }

    private static int doubled(int step) {
        return Math.min(2 * step, 1 << 29);
    }

    /** All floats numbered in their order; 0 has the number 0. */
    private static int number(float x) {
        int bits = Float.floatToRawIntBits(x);
        return bits >= 0 ? bits : -(bits & Integer.MAX_VALUE);
    }

    private static float numbered(int number) {
        return number >= 0 ? Float.intBitsToFloat(number) : -Float.intBitsToFloat(-number);
    }
}
