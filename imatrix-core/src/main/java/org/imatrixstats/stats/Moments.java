package org.imatrixstats.stats;

/**
 * Running sums over one vector: its number, sum, mean and second to fourth central moments (as sums), and of a vector of
 * E[x²] also its extremes, Σ x·log2 x and how many columns are active. {@link Statistic} makes figures of them.
 *
 * <p>Two of them merge with the pairwise formulas of Chan et al. (1979) and Pébay (SAND2008-6212), which do not lose the
 * digits that sums of raw powers lose when the mean is large against the spread.
 */
public final class Moments {
    long n;
    double sum;
    double mean;
    double m2;
    double m3;
    double m4;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sumXLog2X;
    long active;

    /** Takes in the sums of another part of the vector. */
    void merge(Moments b) {
        mergeCentral(b.n, b.mean, b.m2, b.m3, b.m4);
        sum += b.sum;
        min = Math.min(min, b.min);
        max = Math.max(max, b.max);
        sumXLog2X += b.sumXLog2X;
        active += b.active;
    }

    void mergeCentral(long nB, double meanB, double m2B, double m3B, double m4B) {
        if (nB == 0) {
            return;
        }
        double a = n;
        double b = nB;
        double all = a + b;
        double delta = meanB - mean;
        double delta2 = delta * delta;
        double ab = a * b;
        m4 += m4B + delta2 * delta2 * ab * (a * a - ab + b * b) / (all * all * all)
                + 6 * delta2 * (a * a * m2B + b * b * m2) / (all * all) + 4 * delta * (a * m3B - b * m3) / all;
        m3 += m3B + delta2 * delta * ab * (a - b) / (all * all) + 3 * delta * (a * m2B - b * m2) / all;
        m2 += m2B + delta2 * ab / all;
        mean += delta * b / all;
        n += nB;
    }

    /** Number of values. */
    public long n() {
        return n;
    }

    /** NaN or infinite if a value is. */
    public double sum() {
        return sum;
    }

    /** The smallest value. */
    public double min() {
        return min;
    }

    /** Values above the threshold of llama-imatrix, 1e-5. */
    public long active() {
        return active;
    }

    /** Whether there are values, none of them NaN or infinite; if not, no figure of the vector is defined. */
    public boolean defined() {
        return n > 0 && Double.isFinite(sum);
    }

    double variance() {
        return m2 / n;
    }

    double stddev() {
        return Math.sqrt(variance());
    }

    double skewness() {
        return m3 / n / (variance() * stddev());
    }

    /** Excess kurtosis: 0 for a normal distribution. */
    double kurtosis() {
        return m4 / n / (variance() * variance()) - 3;
    }

    /** Bits: −Σ p·log2 p with p = x/Σx, from Σ x·log2 x. */
    public double entropy() {
        return min < 0 || sum <= 0 ? Double.NaN : Math.max(0, log2(sum) - sumXLog2X / sum);
    }

    /** Entropy over its maximum log2 n; NaN for a single value. */
    public double entropyNormalized() {
        return n > 1 ? entropy() / log2(n) : Double.NaN;
    }

    static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }
}
