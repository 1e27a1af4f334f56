package org.imatrixstats.spectrum;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Fits a power law to the tails of some eigenvalues. To choose among n tails exactly takes n² exponentials; here a few
 * points of each tail give a lower bound of its distance first, and only tails that could still win are looked at in full.
 */
final class TailFit {
    /** A tail whose logarithms differ less on average has no exponent. */
    static final double FLAT = 1e-9;
    private static final int PROBES = 32;

    private final double[] logs;
    /** Σ of the logarithms from each index on, and what the additions lost. */
    private final double[] sums;
    private final double[] lost;

    /** @param e positive, ascending, at least two */
    TailFit(double[] e) {
        int n = e.length;
        logs = new double[n];
        sums = new double[n + 1];
        lost = new double[n + 1];
        for (int i = n - 1; i >= 0; i--) {
            double x = Math.log(e[i]);
            double sum = sums[i + 1] + x;
            logs[i] = x;
            sums[i] = sum;
            lost[i] = lost[i + 1]
                    + (Math.abs(sums[i + 1]) >= Math.abs(x) ? sums[i + 1] - sum + x : x - sum + sums[i + 1]);
        }
    }

    /** The tail that starts here; null if it is flat. */
    PowerLaw at(int start) {
        double alpha = alpha(start);
        return Double.isNaN(alpha)
                ? null
                : law(start, alpha, distance(start, alpha, 1, Double.POSITIVE_INFINITY), Double.NaN, Double.NaN);
    }

    private PowerLaw law(int start, double alpha, double distance, double gap, double peak) {
        return new PowerLaw(alpha, distance, start, (alpha - 1) / Math.sqrt(logs.length - start), gap, peak);
    }

    /** The exponent; NaN if the tail is flat. */
    private double alpha(int start) {
        int n = logs.length - start;
        double product = n * logs[start];
        double excess = sums[start] - product + (lost[start] - Math.fma(n, logs[start], -product));
        return excess <= FLAT * n ? Double.NaN : 1 + n / excess;
    }

    /**
     * max_j |1 − (e_j / e_start)^(1 − α) − j/n| over every so many values, or a value above {@code enough} once the maximum
     * is known to be above it.
     */
    private double distance(int start, double alpha, int step, double enough) {
        int n = logs.length - start;
        double most = 0;
        for (int j = 0; j < n && most <= enough; j += step) {
            double fit = 1 - Math.exp((1 - alpha) * (logs[start + j] - logs[start]));
            most = Math.max(most, Math.abs(fit - (double) j / n));
        }
        return most;
    }

    /** A tail and a lower bound of its distance. */
    private record Candidate(int start, double alpha, double bound) {
    }

    /**
     * The first tail with the least distance among those that start in a range; null if all are flat.
     *
     * @param peak what the range comes from
     */
    PowerLaw best(int from, int to, double peak) {
        Candidate[] candidates = IntStream.range(from, Math.max(from, to)).mapToObj(this::candidate)
                .filter(candidate -> !Double.isNaN(candidate.alpha)).toArray(Candidate[]::new);
        Arrays.sort(candidates, Comparator.comparingDouble(Candidate::bound).thenComparingInt(Candidate::start));
        Candidate best = null;
        double least = Double.POSITIVE_INFINITY;
        double second = Double.POSITIVE_INFINITY;
        for (Candidate each : candidates) {
            if (each.bound > second) {
                break;
            }
            double distance = distance(each.start, each.alpha, 1, second);
            if (distance < least || distance == least && each.start < best.start) {
                second = least;
                least = distance;
                best = each;
            } else {
                second = Math.min(second, distance);
            }
        }
        return best == null
                ? null
                : law(best.start, best.alpha, least, Double.isInfinite(second) ? Double.NaN : second - least, peak);
    }

    private Candidate candidate(int start) {
        double alpha = alpha(start);
        int step = Math.max(1, (logs.length - start) / PROBES);
        return new Candidate(start, alpha,
                Double.isNaN(alpha) ? 0 : distance(start, alpha, step, Double.POSITIVE_INFINITY));
    }
}
