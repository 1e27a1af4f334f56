package org.imatrixstats.compare;

import java.util.Arrays;
import java.util.function.IntConsumer;

import org.imatrixstats.numeric.Log2;

/**
 * Adds up what columns add to the divergences of two files. Each thread has its own instance.
 *
 * <p>With the mean m of the shares p and q and t = (p − q) / (p + q), p is m(1 + t) and q is m(1 − t). The term of Jensen and
 * Shannon is then m/2 times J = (1 + t)·ln(1 + t) + (1 − t)·ln(1 − t). That of Kullback and Leibler, with p − q taken off,
 * which is 0 in the sum, is m times 2t² + t·R(t) + R(t), where R(x) = ln((1 + x) / (1 − x)) − 2x. None is ever negative.
 *
 * <p>R(x) is 2x³ · (1/3 + x²/5 + x⁴/7 + …), which takes few terms if x is small. To make it small, t is halved: it is tanh d for
 * some d, and s = t / (1 + √(1 − t²)) is tanh(d/2). As the logarithm in R doubles with d, R(t) = 2·R(s) + 2ts². And because
 * ln(1 − t²) = −4s² − 2·R(s²), J = 2t² + t·R(t) − 4s² − 2·R(s²). No digits are lost near t = 0, where most columns are. Where p
 * and q are more than a factor of 16 apart, logarithms are faster than more terms.
 *
 * <p>Columns go through the loops in chunks, as the compiler makes vector instructions of loops without branches. Sums are
 * kept by place in the chunk.
 */
final class DivergenceKernel {
    private static final int CHUNK = 256;
    /** |t| where p and q are a factor of 16 apart. There s is 3/5. */
    private static final double FAR = 15.0 / 17;
    private static final int TERMS_AT_ONCE = 4;
    private static final double LN2 = Math.log(2);

    private static final int JENSEN_SHANNON = 0;
    private static final int KULLBACK_LEIBLER_AB = 1;
    private static final int KULLBACK_LEIBLER_BA = 2;
    private static final int DISTANCE = 3;
    private static final int FIGURES = 4;

    /** What the series leave off is below 2⁻⁵¹ of them. If these were static, the compiler would unroll the loops over them. */
    private final double[] coefficients = coefficients(32);
    private final double[] coefficientsOfSquare = coefficients(16);
    private final double[] p = new double[CHUNK];
    private final double[] q = new double[CHUNK];
    /** p + q. */
    private final double[] weights = new double[CHUNK];
    private final double[] t = new double[CHUNK];
    private final double[] s = new double[CHUNK];
    private final double[] s2 = new double[CHUNK];
    private final double[] s4 = new double[CHUNK];
    private final double[] seriesOfS = new double[CHUNK];
    private final double[] seriesOfS2 = new double[CHUNK];
    /** By figure and place in the chunk: the terms per p + q, and the sums of the terms. */
    private final double[][] terms = new double[FIGURES][CHUNK];
    private final double[][] sums = new double[FIGURES][CHUNK];
    /**
     * What is done with so many columns of a chunk. The compiler does not see which step follows, and compiles each by
     * itself: all in one it makes fewer vector instructions.
     */
    private final IntConsumer[] steps = {this::halve, length -> series(s2, coefficients, seriesOfS, length),
        length -> series(s4, coefficientsOfSquare, seriesOfS2, length), this::combine, this::takeLogarithms,
        this::addUp};
    /** Places in the chunk. */
    private final int[] far = new int[CHUNK];
    private boolean onlyInA;
    private boolean onlyInB;

    /**
     * Sums over columns. Those of the divergences are in natural units; those of Kullback and Leibler are without p − q.
     *
     * @param distance Σ |p − q|
     * @param onlyInA  whether a column has a share in A alone
     * @param onlyInB  whether a column has a share in B alone
     */
    record Terms(double jensenShannon, double kullbackLeiblerAB, double kullbackLeiblerBA, double distance,
            boolean onlyInA, boolean onlyInB) {
        Terms merge(Terms other) {
            return new Terms(jensenShannon + other.jensenShannon, kullbackLeiblerAB + other.kullbackLeiblerAB,
                    kullbackLeiblerBA + other.kullbackLeiblerBA, distance + other.distance, onlyInA || other.onlyInA,
                    onlyInB || other.onlyInB);
        }

        /** The divergence of all columns, whose means have these sums. */
        Divergence divergence(long columns, double sumA, double sumB) {
            return new Divergence(columns, sumA, sumB, Math.min(1, jensenShannon / LN2),
                    onlyInA ? Double.NaN : kullbackLeiblerAB / LN2, onlyInB ? Double.NaN : kullbackLeiblerBA / LN2,
                    Math.min(1, distance / 2));
        }
    }

    /** What a column with these shares adds to the divergence of Jensen and Shannon, in bits. */
    double jensenShannon(double shareInA, double shareInB) {
        p[0] = shareInA;
        q[0] = shareInB;
        addChunk(1);
        return take().jensenShannon / LN2;
    }

    /** Adds columns with the shares a · perA and b · perB. */
    void add(float[] a, double perA, float[] b, double perB, int from, int to) {
        for (int at = from; at < to; at += CHUNK) {
            int length = Math.min(CHUNK, to - at);
            multiply(a, at, perA, p, length);
            multiply(b, at, perB, q, length);
            addChunk(length);
        }
    }

    /** What the columns add up to that were added since the last call. */
    Terms take() {
        Terms all = new Terms(total(JENSEN_SHANNON) / 4, total(KULLBACK_LEIBLER_AB) / 2,
                total(KULLBACK_LEIBLER_BA) / 2, total(DISTANCE), onlyInA, onlyInB);
        for (double[] each : sums) {
            Arrays.fill(each, 0);
        }
        onlyInA = false;
        onlyInB = false;
        return all;
    }

    private double total(int figure) {
        double total = 0;
        for (double sum : sums[figure]) {
            total += sum;
        }
        return total;
    }

    private static void multiply(float[] values, int from, double by, double[] products, int length) {
        for (int i = 0; i < length; i++) {
            products[i] = values[from + i] * by;
        }
    }

    private void addChunk(int length) {
        for (IntConsumer step : steps) {
            step.accept(length);
        }
    }

    private void halve(int length) {
        for (int i = 0; i < length; i++) {
            double weight = p[i] + q[i];
            double x = (p[i] - q[i]) / weight;
            double half = x / (1 + Math.sqrt(1 - x * x));
            double half2 = half * half;
            weights[i] = weight;
            t[i] = x;
            s[i] = half;
            s2[i] = half2;
            s4[i] = half2 * half2;
        }
    }

    /** 1/3, 1/5, 1/7, and so on. */
    private static double[] coefficients(int terms) {
        double[] coefficients = new double[terms];
        for (int k = 0; k < terms; k++) {
            coefficients[k] = 1.0 / (2 * k + 3);
        }
        return coefficients;
    }

    private static void series(double[] x, double[] c, double[] sum, int length) {
        int last = c.length - TERMS_AT_ONCE;
        takeTerms(x, c[last], c[last + 1], c[last + 2], c[last + 3], sum, length);
        for (int k = last - TERMS_AT_ONCE; k >= 0; k -= TERMS_AT_ONCE) {
            addTerms(x, c[k], c[k + 1], c[k + 2], c[k + 3], sum, length);
        }
    }

    private static void takeTerms(double[] x, double c0, double c1, double c2, double c3, double[] sum, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] = c0 + x[i] * (c1 + x[i] * (c2 + x[i] * c3));
        }
    }

    private static void addTerms(double[] x, double c0, double c1, double c2, double c3, double[] sum, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] = c0 + x[i] * (c1 + x[i] * (c2 + x[i] * (c3 + x[i] * sum[i])));
        }
    }

    private void combine(int length) {
        double[] jensenShannon = terms[JENSEN_SHANNON];
        double[] kullbackLeiblerAB = terms[KULLBACK_LEIBLER_AB];
        double[] kullbackLeiblerBA = terms[KULLBACK_LEIBLER_BA];
        double[] distance = terms[DISTANCE];
        for (int i = 0; i < length; i++) {
            double ofT = 4 * s[i] * s2[i] * seriesOfS[i] + 2 * t[i] * s2[i];
            double even = 2 * t[i] * t[i] + t[i] * ofT;
            jensenShannon[i] = even - 4 * s2[i] - 4 * s2[i] * s4[i] * seriesOfS2[i];
            kullbackLeiblerAB[i] = even + ofT;
            kullbackLeiblerBA[i] = even - ofT;
            distance[i] = Math.abs(t[i]);
        }
    }

    /**
     * Replaces the terms of shares that are far apart or 0. A first loop notes these columns. It has no branch, which the
     * processor would often mispredict.
     */
    private void takeLogarithms(int length) {
        int columns = 0;
        for (int i = 0; i < length; i++) {
            far[columns] = i;
            columns += Math.abs(t[i]) <= FAR ? 0 : 1;
        }
        double[] jensenShannon = terms[JENSEN_SHANNON];
        double[] kullbackLeiblerAB = terms[KULLBACK_LEIBLER_AB];
        double[] kullbackLeiblerBA = terms[KULLBACK_LEIBLER_BA];
        for (int k = 0; k < columns; k++) {
            int i = far[k];
            if (weights[i] == 0) {
                clear(i);
                continue;
            }
            double perMean = 2 / weights[i];
            double x = p[i] * perMean;
            double y = q[i] * perMean;
            double lnX = Log2.log2(x) * LN2;
            double lnY = Log2.log2(y) * LN2;
            jensenShannon[i] = x * lnX + y * lnY;
            kullbackLeiblerAB[i] = x == 0 ? 2 : x * (lnX - lnY) - 2 * t[i];
            kullbackLeiblerBA[i] = y == 0 ? 2 : y * (lnY - lnX) + 2 * t[i];
            onlyInA |= y == 0;
            onlyInB |= x == 0;
        }
    }

    private void clear(int i) {
        for (double[] each : terms) {
            each[i] = 0;
        }
    }

    private void addUp(int length) {
        for (int figure = 0; figure < sums.length; figure++) {
            addProducts(weights, terms[figure], sums[figure], length);
        }
    }

    private static void addProducts(double[] x, double[] y, double[] sum, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] += x[i] * y[i];
        }
    }
}
