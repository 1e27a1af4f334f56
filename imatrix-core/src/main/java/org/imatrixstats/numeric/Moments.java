package org.imatrixstats.numeric;

import java.nio.ByteBuffer;

import org.imatrixstats.io.FormatException;

/**
 * Sums over a vector. {@link Kernels#energy} fills all of them, {@link Kernels#central} leaves out the last four, {@link
 * Kernels#entropy} the central moments.
 *
 * <p>Two of them merge by the pairwise formulas of Chan et al. (1979) and Pébay (SAND2008-6212). These keep the digits
 * that sums of raw powers lose when the mean is large against the spread.
 *
 * @param n         number of values
 * @param sum       their sum; NaN or infinite if a value is
 * @param m2        Σ (x − mean)²
 * @param m3        Σ (x − mean)³
 * @param m4        Σ (x − mean)⁴
 * @param sumXLog2X Σ x·log2 x
 * @param active    values above the threshold of llama-imatrix, 1e-5
 */
public record Moments(long n, double sum, double mean, double m2, double m3, double m4, double min, double max,
        double sumXLog2X, long active) {
    /** The sums of no values. */
    public static final Moments EMPTY = new Moments(0, 0, 0, 0, 0, 0, Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY, 0, 0);
    private static final SumBytes BYTES = new SumBytes("moments", 1, 10);

    /** So many values with this sum; the central moments are NaN. */
    static Moments ofSum(long n, double sum) {
        return new Moments(n, sum, sum / n, Double.NaN, Double.NaN, Double.NaN, Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY, 0, 0);
    }

    /** The sums of both parts together. */
    public Moments merge(Moments other) {
        if (other.n == 0) {
            return this;
        }
        if (n == 0) {
            return other;
        }
        double a = n;
        double b = other.n;
        double all = a + b;
        double delta = other.mean - mean;
        double delta2 = delta * delta;
        double ab = a * b;
        return new Moments(n + other.n, sum + other.sum, mean + delta * b / all, m2 + (other.m2 + delta2 * ab / all),
                m3 + (other.m3 + delta2 * delta * ab * (a - b) / (all * all)
                        + 3 * delta * (a * other.m2 - b * m2) / all),
                m4 + (other.m4 + delta2 * delta2 * ab * (a * a - ab + b * b) / (all * all * all)
                        + 6 * delta2 * (a * a * other.m2 + b * b * m2) / (all * all)
                        + 4 * delta * (a * other.m3 - b * m3) / all),
                Math.min(min, other.min), Math.max(max, other.max), sumXLog2X + other.sumXLog2X,
                active + other.active);
    }

    /** Whether there are values, none of them NaN or infinite; if not, no figure of the vector is defined. */
    public boolean defined() {
        return n > 0 && Double.isFinite(sum);
    }

    /** Of the population: divided by n. */
    public double variance() {
        return m2 / n;
    }

    public double stddev() {
        return Math.sqrt(variance());
    }

    public double skewness() {
        return m3 / n / (variance() * stddev());
    }

    /** Excess kurtosis: 0 for a normal distribution. */
    public double kurtosis() {
        return m4 / n / (variance() * variance()) - 3;
    }

    /** Bits: −Σ p·log2 p with p = x/Σx, from Σ x·log2 x; NaN for negative values and if all are 0. */
    public double entropy() {
        return min < 0 || sum <= 0 ? Double.NaN : Math.max(0, Log2.exact(sum) - sumXLog2X / sum);
    }

    /** Entropy over its maximum log2 n; NaN for a single value. */
    public double entropyNormalized() {
        return n > 1 ? entropy() / Log2.exact(n) : Double.NaN;
    }

    /** The sums as bytes, of this version of the format. */
    public byte[] toBytes() {
        return BYTES.write().putLong(n).putDouble(sum).putDouble(mean).putDouble(m2).putDouble(m3).putDouble(m4)
                .putDouble(min).putDouble(max).putDouble(sumXLog2X).putLong(active).array();
    }

    /** @throws FormatException if these are not the bytes of such sums, or of another version */
    public static Moments fromBytes(byte[] bytes) throws FormatException {
        ByteBuffer in = BYTES.read(bytes);
        return new Moments(in.getLong(), in.getDouble(), in.getDouble(), in.getDouble(), in.getDouble(),
                in.getDouble(), in.getDouble(), in.getDouble(), in.getDouble(), in.getLong());
    }
}
