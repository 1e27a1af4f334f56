package org.imatrixstats.compare;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.Kernels;
import org.imatrixstats.numeric.Log2;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;

/**
 * Computes the divergence of pairs: first the sums of both files, then the terms of the columns.
 *
 * <p>With the mean m of p and q and t = (p − q) / (p + q), p is m(1 + t) and q is m(1 − t). The term of Jensen and Shannon is
 * then m/2 times J(t) = (1 + t)·ln(1 + t) + (1 − t)·ln(1 − t). That of Kullback and Leibler, with p − q taken off, which is 0
 * in the sum, is m times (1 + t)·L(t) − 2t with L(t) = ln(1 + t) − ln(1 − t). None is ever negative.
 */
public final class DivergenceCalculator {
    /** Below this |t| series are as exact as logarithms, and exacter near 0. */
    private static final double SMALL = 1.0 / 16;
    private static final double LN2 = Math.log(2);
    private static final float[] ONE = {1};
    private static final int CHUNK = 1 << 10;

    private DivergenceCalculator() {
    }

    /**
     * The divergences of pairs, in their order.
     *
     * @param done told of the values of A that are done, by one thread at a time
     * @throws FormatException if a file is cut short meanwhile
     */
    public static List<Divergence> of(List<TensorPair> pairs, int threads, Consumer<Partition> done)
            throws IOException {
        List<Energies> energies = Parallel.fold(grid(pairs), threads, Worker::new,
                (worker, part) -> worker.energies(pairs.get(part.item()), part), Energies::merge, _ -> {
                });
        return of(pairs, energies, threads, done);
    }

    static List<Partition> grid(List<TensorPair> pairs) {
        return Partition.grid(pairs, TensorPair::matrices, TensorPair::columns);
    }

    /** Sums of the means of the columns; NaN where one is negative, since the divergence is undefined then. */
    record Energies(double sumA, double sumB) {
        Energies merge(Energies other) {
            return new Energies(sumA + other.sumA, sumB + other.sumB);
        }

        boolean defined() {
            return sumA > 0 && Double.isFinite(sumA) && sumB > 0 && Double.isFinite(sumB);
        }
    }

    /** The divergences of pairs whose sums are known. */
    static List<Divergence> of(List<TensorPair> pairs, List<Energies> energies, int threads, Consumer<Partition> done)
            throws IOException {
        List<Terms> terms = Parallel.fold(grid(pairs), threads, Worker::new,
                (worker, part) -> worker.terms(pairs.get(part.item()), energies.get(part.item()), part), Terms::merge,
                done);
        return IntStream.range(0, terms.size())
                .mapToObj(i -> terms.get(i).divergence(pairs.get(i).elements(), energies.get(i))).toList();
    }

    /** The term of a column with the shares p and q in the divergence of Jensen and Shannon, in bits. */
    static double jensenShannonTerm(double p, double q) {
        return Terms.of(ONE, p, ONE, q, 0, 1, new Shares(1)).jensenShannon / 2 / LN2;
    }

    /** The shares of some columns, and 1 over their mean: loops of their own, which become vector instructions. */
    private static final class Shares {
        private final double[] p;
        private final double[] q;
        private final double[] perMean;

        Shares(int columns) {
            p = new double[columns];
            q = new double[columns];
            perMean = new double[columns];
        }

        void fill(float[] a, double perA, float[] b, double perB, int from, int length) {
            for (int i = 0; i < length; i++) {
                p[i] = a[from + i] * perA;
            }
            for (int i = 0; i < length; i++) {
                q[i] = b[from + i] * perB;
            }
            for (int i = 0; i < length; i++) {
                perMean[i] = 2 / (p[i] + q[i]);
            }
        }
    }

    /** What belongs to a thread. */
    private static final class Worker {
        private final TensorPair.Buffers buffers = new TensorPair.Buffers();
        private final Kernels kernels = new Kernels();
        private final Shares shares = new Shares(CHUNK);

        Energies energies(TensorPair pair, Partition part) throws FormatException {
            double[] sums = new double[2];
            pair.forEachSpan(part, buffers, (a, countA, b, countB, from, to, _) -> {
                boolean negative = Kernels.min(a, from, to) < 0 || Kernels.min(b, from, to) < 0;
                sums[0] += negative ? Double.NaN : kernels.sum(a, from, to) / countA;
                sums[1] += negative ? Double.NaN : kernels.sum(b, from, to) / countB;
            });
            return new Energies(sums[0], sums[1]);
        }

        Terms terms(TensorPair pair, Energies energies, Partition part) throws FormatException {
            Terms[] terms = {Terms.NONE};
            if (energies.defined()) {
                pair.forEachSpan(part, buffers, (a, countA, b, countB, from, to, _) -> terms[0] = terms[0].merge(Terms
                        .of(a, 1 / (countA * energies.sumA), b, 1 / (countB * energies.sumB), from, to, shares)));
            }
            return terms[0];
        }
    }

    /** Sums over columns, in natural units; the first twice, the second and third without p − q. */
    private record Terms(double jensenShannon, double kullbackLeiblerAB, double kullbackLeiblerBA, double distance,
            boolean onlyInA, boolean onlyInB) {
        static final Terms NONE = new Terms(0, 0, 0, 0, false, false);

        Terms merge(Terms other) {
            return new Terms(jensenShannon + other.jensenShannon, kullbackLeiblerAB + other.kullbackLeiblerAB,
                    kullbackLeiblerBA + other.kullbackLeiblerBA, distance + other.distance, onlyInA || other.onlyInA,
                    onlyInB || other.onlyInB);
        }

        Divergence divergence(long columns, Energies energies) {
            return !energies.defined()
                    ? Divergence.undefined(columns, energies.sumA, energies.sumB)
                    : new Divergence(columns, energies.sumA, energies.sumB, Math.min(1, jensenShannon / 2 / LN2),
                            onlyInA ? Double.NaN : kullbackLeiblerAB / LN2,
                            onlyInB ? Double.NaN : kullbackLeiblerBA / LN2, Math.min(1, distance / 2));
        }

        static Terms of(float[] a, double perA, float[] b, double perB, int from, int to, Shares shares) {
            boolean onlyInA = false;
            boolean onlyInB = false;
            double sumJ = 0;
            double sumAB = 0;
            double sumBA = 0;
            double sumDistance = 0;
            for (int chunk = from; chunk < to; chunk += shares.p.length) {
                int length = Math.min(shares.p.length, to - chunk);
                shares.fill(a, perA, b, perB, chunk, length);
                for (int i = 0; i < length; i++) {
                    double p = shares.p[i];
                    double q = shares.q[i];
                    double m = (p + q) / 2;
                    double difference = p - q;
                    if (m > 0) {
                        sumDistance += Math.abs(difference);
                        double perM = shares.perMean[i];
                        double t = difference * perM / 2;
                        double j;
                        double r; // L(t) − 2t
                        if (Math.abs(t) < SMALL) {
                            double t2 = t * t;
                            j = t2 * (1
                                    + t2 * (1.0 / 6 + t2 * (1.0 / 15 + t2 * (1.0 / 28 + t2 * (1.0 / 45 + t2 / 66)))));
                            r = 2 * t * t2
                                    * (1.0 / 3
                                            + t2 * (1.0 / 5
                                                    + t2 * (1.0 / 7 + t2 * (1.0 / 9 + t2 * (1.0 / 11 + t2 / 13)))));
                        } else {
                            double x = p * perM;
                            double y = q * perM;
                            double lnX = Log2.log2(x) * LN2;
                            double lnY = Log2.log2(y) * LN2;
                            j = x * lnX + y * lnY;
                            r = lnX - lnY - 2 * t;
                        }
                        sumJ += m * j;
                        if (p == 0) {
                            onlyInB = true;
                            sumAB += q;
                        } else if (q == 0) {
                            onlyInA = true;
                            sumBA += p;
                        } else {
                            double even = 2 * t * t + t * r;
                            sumAB += m * (even + r);
                            sumBA += m * (even - r);
                        }
                    }
                }
            }
            return new Terms(sumJ, sumAB, sumBA, sumDistance, onlyInA, onlyInB);
        }
    }
}
