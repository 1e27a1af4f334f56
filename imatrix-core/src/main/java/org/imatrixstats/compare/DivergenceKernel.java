package org.imatrixstats.compare;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.stats.Kernels;
import org.imatrixstats.stats.Log2;

/**
 * Computes the divergence of a pair, block by block: first the sums of both files, then the terms of the columns. Each
 * thread has its own instance; no result depends on what it computed before.
 *
 * <p>With the mean m of p and q and t = (p − q) / (p + q), p is m(1 + t) and q is m(1 − t). The term of Jensen and Shannon is
 * then m/2 times J(t) = (1 + t)·ln(1 + t) + (1 − t)·ln(1 − t). That of Kullback and Leibler, with p − q taken off, which is 0
 * in the sum, is m times (1 + t)·L(t) − 2t with L(t) = ln(1 + t) − ln(1 − t). None is ever negative.
 */
public final class DivergenceKernel {
    /** Below this |t| series are as exact as logarithms, and exacter near 0. */
    private static final double SMALL = 1.0 / 16;
    private static final double LN2 = Math.log(2);
    private static final float[] ONE = {1};

    private final TensorPair.Buffers buffers;
    private final Kernels kernels = new Kernels();
    private double sumA;
    private double sumB;
    private boolean negative;
    private double jensenShannon;
    private double kullbackLeiblerAB;
    private double kullbackLeiblerBA;
    private double distance;
    private boolean columnsOnlyInA;
    private boolean columnsOnlyInB;

    public DivergenceKernel() {
        this(new TensorPair.Buffers());
    }

    DivergenceKernel(TensorPair.Buffers buffers) {
        this.buffers = buffers;
    }

    /** @throws FormatException if a file is cut short meanwhile */
    public Divergence of(TensorPair pair) throws FormatException {
        sumA = 0;
        sumB = 0;
        negative = false;
        pair.forEachSpan(buffers, (a, countA, b, countB, from, to, _) -> {
            sumA += kernels.sum(a, from, to) / countA;
            sumB += kernels.sum(b, from, to) / countB;
            negative |= Kernels.min(a, from, to) < 0 || Kernels.min(b, from, to) < 0;
        });
        return negative ? of(pair, Double.NaN, Double.NaN) : of(pair, sumA, sumB);
    }

    /** The divergence where the sums are known; NaN for one that is undefined. */
    Divergence of(TensorPair pair, double sumOfA, double sumOfB) throws FormatException {
        if (!(sumOfA > 0 && Double.isFinite(sumOfA) && sumOfB > 0 && Double.isFinite(sumOfB))) {
            return Divergence.undefined(pair.elements(), sumOfA, sumOfB);
        }
        jensenShannon = 0;
        kullbackLeiblerAB = 0;
        kullbackLeiblerBA = 0;
        distance = 0;
        columnsOnlyInA = false;
        columnsOnlyInB = false;
        pair.forEachSpan(buffers, (a, countA, b, countB, from, to, _) -> compare(a, 1 / (countA * sumOfA), b,
                1 / (countB * sumOfB), from, to));
        return new Divergence(pair.elements(), sumOfA, sumOfB, Math.min(1, jensenShannon / 2 / LN2),
                columnsOnlyInA ? Double.NaN : kullbackLeiblerAB / LN2,
                columnsOnlyInB ? Double.NaN : kullbackLeiblerBA / LN2, Math.min(1, distance / 2));
    }

    /** The term of a column with the shares p and q in the divergence of Jensen and Shannon, in bits. */
    double jensenShannonTerm(double p, double q) {
        jensenShannon = 0;
        compare(ONE, p, ONE, q, 0, 1);
        return jensenShannon / 2 / LN2;
    }

    private void compare(float[] a, double perA, float[] b, double perB, int from, int to) {
        double sumJ = 0;
        double sumAB = 0;
        double sumBA = 0;
        double sumDistance = 0;
        for (int i = from; i < to; i++) {
            double p = a[i] * perA;
            double q = b[i] * perB;
            double m = (p + q) / 2;
            double difference = p - q;
            if (m > 0) {
                sumDistance += Math.abs(difference);
                double t = difference / (2 * m);
                double j;
                double r; // L(t) − 2t
                if (Math.abs(t) < SMALL) {
                    double t2 = t * t;
                    j = t2 * (1 + t2 * (1.0 / 6 + t2 * (1.0 / 15 + t2 * (1.0 / 28 + t2 * (1.0 / 45 + t2 / 66)))));
                    r = 2 * t * t2
                            * (1.0 / 3 + t2 * (1.0 / 5 + t2 * (1.0 / 7 + t2 * (1.0 / 9 + t2 * (1.0 / 11 + t2 / 13)))));
                } else {
                    double x = p / m;
                    double y = q / m;
                    double lnX = Log2.log2(x) * LN2;
                    double lnY = Log2.log2(y) * LN2;
                    j = x * lnX + y * lnY;
                    r = lnX - lnY - 2 * t;
                }
                sumJ += m * j;
                if (p == 0) {
                    columnsOnlyInB = true;
                    sumAB += q;
                } else if (q == 0) {
                    columnsOnlyInA = true;
                    sumBA += p;
                } else {
                    double even = 2 * t * t + t * r;
                    sumAB += m * (even + r);
                    sumBA += m * (even - r);
                }
            }
        }
        jensenShannon += sumJ;
        kullbackLeiblerAB += sumAB;
        kullbackLeiblerBA += sumBA;
        distance += sumDistance;
    }
}
