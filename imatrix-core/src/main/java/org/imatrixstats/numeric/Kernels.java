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
    private static final int LANES = 128;
    /** Where all values are smaller, subnormal ones may count. */
    private static final float TINY = 0x1p-60f;
    /** The last in the order of all floats, by {@link #number}. */
    private static final int INFINITY = number(Float.POSITIVE_INFINITY);

    private final double[] a = new double[LANES];
    private final double[] b = new double[LANES];
    private final double[] c = new double[LANES];
    private final double[] d = new double[LANES];
    private final double[][] partialSums = {a, b, c, d};
    private final double[] totals = new double[partialSums.length];
    private final EntropyKernel entropy = new EntropyKernel();
    private float min;
    private float max;

    /** Kernels for one thread. */
    public Kernels() {
    }

    /** The moments of {@code v[from..to)} / count, which is not empty, with extremes, Σ x·log2 x and active columns. */
    public Moments energy(float[] v, int from, int to, double count) {
        double sum = sum(v, from, to);
        return withEntropy(central(v, from, to, count, sum), v, from, to, count, sum);
    }

    /** The same without central moments, which are NaN. */
    public Moments entropy(float[] v, int from, int to, double count) {
        double sum = sum(v, from, to);
        return withEntropy(Moments.ofSum(to - from, sum / count), v, from, to, count, sum);
    }

    private Moments withEntropy(Moments moments, float[] v, int from, int to, double count, double sum) {
        double sumXLog2X = sumXLog2X(v, from, to);
        if (max < TINY) {
            sumXLog2X = sumXLog2XOfTiny(v, from, to);
        }
        return new Moments(moments.n(), moments.sum(), moments.mean(), moments.m2(), moments.m3(), moments.m4(),
                min / count, max / count, (sumXLog2X - sum * Log2.exact(count)) / count,
                active(v, from, to, count, min));
    }

    /** Number, sum, mean and central moments of {@code v[from..to)} / count, which is not empty. */
    public Moments central(float[] v, int from, int to, double count) {
        return central(v, from, to, count, sum(v, from, to));
    }

    private Moments central(float[] v, int from, int to, double count, double sum) {
        int n = to - from;
        double mean = sum / n;
        clear(n, 3);
        for (int i = from; i < to; i += LANES) {
            addPowers(v, i, Math.min(LANES, to - i), mean);
        }
        double count2 = count * count;
        addUp(n, 3);
        return new Moments(n, sum / count, mean / count, totals[0] / count2, totals[1] / (count2 * count),
                totals[2] / (count2 * count2), Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, 0);
    }

    /** Σ v[from..to). */
    public double sum(float[] v, int from, int to) {
        clear(to - from, 1);
        for (int i = from; i < to; i += LANES) {
            addValues(v, i, Math.min(LANES, to - i));
        }
        addUp(to - from, 1);
        return totals[0];
    }

    /** The comoments of {@code x[from..to)} / countX and {@code y[from..to)} / countY, which are not empty. */
    public Comoments pairs(float[] x, double countX, float[] y, double countY, int from, int to) {
        int n = to - from;
        double perX = 1 / countX;
        double perY = 1 / countY;
        double meanX = sum(x, from, to) / n * perX;
        double meanY = sum(y, from, to) / n * perY;
        clear(n, 4);
        for (int i = from; i < to; i += LANES) {
            addProducts(x, perX, meanX, y, perY, meanY, i, Math.min(LANES, to - i));
        }
        addUp(n, 4);
        return new Comoments(n, meanX, meanY, totals[0], totals[1], totals[2], totals[3]);
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

    /** Of arrays that hold partial sums, the first ones. */
    private void clear(int n, int arrays) {
        for (int i = 0; i < arrays; i++) {
            Arrays.fill(partialSums[i], 0, Math.min(LANES, n), 0);
        }
    }

    private void addUp(int n, int arrays) {
        for (int i = 0; i < arrays; i++) {
            totals[i] = EntropyKernel.total(partialSums[i], Math.min(LANES, n));
        }
    }

    /** The smallest of {@code v[from..to)}; NaN if one is. */
    public static float min(float[] v, int from, int to) {
        float min = Float.POSITIVE_INFINITY;
        for (int i = from; i < to; i++) {
            min = Math.min(min, v[i]);
        }
        return min;
    }

    private void extremes(float[] v, int from, int to) {
        min = Float.POSITIVE_INFINITY;
        max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            min = Math.min(min, v[i]);
            max = Math.max(max, v[i]);
        }
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

    /** Σ v·log2 v, exact where subnormal values add nothing to it. Also takes the extremes. */
    private double sumXLog2X(float[] v, int from, int to) {
        double sum = entropy.sum(v, from, to);
        // The bits of floats have the order of the floats if none is negative.
        if (entropy.leastBits() >= 0 && entropy.mostBits() <= INFINITY) {
            min = Float.intBitsToFloat(entropy.leastBits());
            max = Float.intBitsToFloat(entropy.mostBits());
        } else {
            extremes(v, from, to);
        }
        return sum;
    }

    private static double sumXLog2XOfTiny(float[] v, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += Log2.xLog2x(v[i]);
        }
        return sum;
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
