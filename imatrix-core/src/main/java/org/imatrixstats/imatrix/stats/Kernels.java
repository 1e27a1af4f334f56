package org.imatrixstats.imatrix.stats;

import java.util.function.DoublePredicate;

/**
 * The loops over values. A vector of means is given as stored, sums in float32, with the count that turns a sum into a
 * mean; so that no loop divides, sums over sums are divided once at the end.
 *
 * <p>Each loop has several accumulators, because one would make every addition wait for the one before.
 */
final class Kernels {
    /** Columns with |E[x²]| above this are active; the threshold of llama-imatrix. */
    static final double ACTIVE_ABOVE = 1e-5;

    private Kernels() {
    }

    /** Takes {@code v[from..to)} / count into the moments, with extremes, Σ x·log2 x and active columns. */
    static void energy(float[] v, int from, int to, double count, Moments into) {
        double sum = central(v, from, to, count, into);
        extremes(v, from, to, count, into);
        into.active += active(v, from, to, count);
        into.sumXLog2X += (sumXLog2X(v, from, to) - sum * Moments.log2(count)) / count;
    }

    /** Takes {@code v[from..to)} / count into sum, mean and central moments; returns the sum of v. */
    static double central(float[] v, int from, int to, double count, Moments into) {
        int n = to - from;
        double sum = sum(v, from, to);
        double mean = sum / n;
        double m2a = 0;
        double m3a = 0;
        double m4a = 0;
        double m2b = 0;
        double m3b = 0;
        double m4b = 0;
        int i = from;
        for (; i < to - 1; i += 2) {
            double a = v[i] - mean;
            double a2 = a * a;
            m2a += a2;
            m3a += a2 * a;
            m4a += a2 * a2;
            double b = v[i + 1] - mean;
            double b2 = b * b;
            m2b += b2;
            m3b += b2 * b;
            m4b += b2 * b2;
        }
        if (i < to) {
            double a = v[i] - mean;
            double a2 = a * a;
            m2a += a2;
            m3a += a2 * a;
            m4a += a2 * a2;
        }
        double count2 = count * count;
        into.mergeCentral(n, mean / count, (m2a + m2b) / count2, (m3a + m3b) / (count2 * count),
                (m4a + m4b) / (count2 * count2));
        into.sum += sum / count;
        return sum;
    }

    static double sumXLog2X(float[] v, int from, int to) {
        double a = 0;
        double b = 0;
        int i = from;
        for (; i < to - 1; i += 2) {
            a += Log2.xLog2x(v[i]);
            b += Log2.xLog2x(v[i + 1]);
        }
        if (i < to) {
            a += Log2.xLog2x(v[i]);
        }
        return a + b;
    }

    static int active(float[] v, int from, int to, double count) {
        float first = firstFloatAbove(ACTIVE_ABOVE * count, x -> x / count > ACTIVE_ABOVE);
        int active = 0;
        for (int i = from; i < to; i++) {
            active += Math.abs(v[i]) >= first ? 1 : 0;
        }
        return active;
    }

    static double sum(float[] v, int from, int to) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            a += v[i];
            b += v[i + 1];
            c += v[i + 2];
            d += v[i + 3];
        }
        for (; i < to; i++) {
            a += v[i];
        }
        return a + b + (c + d);
    }

    static void extremes(float[] v, int from, int to, double count, Moments into) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            min = Math.min(min, v[i]);
            max = Math.max(max, v[i]);
        }
        into.min = Math.min(into.min, min / count);
        into.max = Math.max(into.max, max / count);
    }

    /** Takes the pairs of {@code x[from..to)} / countX and {@code y[from..to)} / countY into the comoments. */
    static void pairs(float[] x, double countX, float[] y, double countY, int from, int to, Comoments into) {
        int n = to - from;
        double perX = 1 / countX;
        double perY = 1 / countY;
        double meanX = sum(x, from, to) / n * perX;
        double meanY = sum(y, from, to) / n * perY;
        double xxA = 0;
        double yyA = 0;
        double xyA = 0;
        double d2A = 0;
        double xxB = 0;
        double yyB = 0;
        double xyB = 0;
        double d2B = 0;
        int i = from;
        for (; i < to - 1; i += 2) {
            double a = x[i] * perX;
            double b = y[i] * perY;
            double distance = a - b;
            d2A += distance * distance;
            a -= meanX;
            b -= meanY;
            xxA += a * a;
            yyA += b * b;
            xyA += a * b;
            double c = x[i + 1] * perX;
            double d = y[i + 1] * perY;
            distance = c - d;
            d2B += distance * distance;
            c -= meanX;
            d -= meanY;
            xxB += c * c;
            yyB += d * d;
            xyB += c * d;
        }
        if (i < to) {
            double a = x[i] * perX;
            double b = y[i] * perY;
            double distance = a - b;
            d2A += distance * distance;
            a -= meanX;
            b -= meanY;
            xxA += a * a;
            yyA += b * b;
            xyA += a * b;
        }
        into.merge(n, meanX, meanY, xxA + xxB, yyA + yyB, xyA + xyB, d2A + d2B);
    }

    /** How many of {@code v[from..to)} / count lie more than one standard deviation above the mean. */
    static int aboveOneSigma(float[] v, int from, int to, double count, double mean, double stddev) {
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
        float first = (float) guess;
        while (condition.test(Math.nextDown(first))) {
            first = Math.nextDown(first);
        }
        while (!condition.test(first) && first < Float.POSITIVE_INFINITY) {
            first = Math.nextUp(first);
        }
        return first;
    }
}
