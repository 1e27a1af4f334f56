package org.imatrixstats.numeric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Vectors stand in the middle of an array full of NaN, so that a step beyond their ends would be seen. */
class KernelsTest {
    private static final int FROM = 3;
    /** Short ones, and those around the number of partial sums and its multiples. */
    private static final int[] LENGTHS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 127, 128, 129, 131, 255, 256, 257, 511, 512, 513,
        1000};

    private static final Kernels kernels = new Kernels();

    @Test
    void sumsVectorsOfAnyLength() {
        for (int n : LENGTHS) {
            assertEquals(n * (n + 1) / 2, kernels.sum(oneTo(n), FROM, FROM + n));
        }
    }

    @Test
    void takesMomentsOfVectorsOfAnyLength() {
        // 1 to n: Σd² = n(n²-1)/12, Σd³ = 0, Σd⁴ = n(n²-1)(3n²-7)/240; divided by 2, by 4 and by 16 for a count of 2.
        for (int n : LENGTHS) {
            double n2 = (double) n * n;
            Moments moments = kernels.central(oneTo(n), FROM, FROM + n, 2);
            assertEquals(n, moments.n());
            assertEquals(n * (n + 1) / 4.0, moments.sum());
            assertEquals((n + 1) / 4.0, moments.mean());
            assertEquals(n * (n2 - 1) / 12 / 4, moments.m2(), 1e-12 * n2 * n);
            assertEquals(0, moments.m3(), 1e-12 * n2 * n2);
            assertEquals(n * (n2 - 1) * (3 * n2 - 7) / 240 / 16, moments.m4(), 1e-12 * n2 * n2 * n);
        }
    }

    @Test
    void takesSkewedMomentsWhereverTheSpikeStands() {
        // n once and zeros: mean 1, deviations n-1 once and -1.
        for (int n : LENGTHS) {
            for (int spike = 0; spike < n; spike += Math.max(1, n / 9)) {
                float[] v = vector(new float[n]);
                v[FROM + spike] = n;
                Moments moments = kernels.central(v, FROM, FROM + n, 1);
                assertEquals(1, moments.mean());
                assertEquals(n - 1 + Math.pow(n - 1, 2), moments.m2());
                assertEquals(-(n - 1) + Math.pow(n - 1, 3), moments.m3());
                assertEquals(n - 1 + Math.pow(n - 1, 4), moments.m4());
            }
        }
    }

    @Test
    void takesExtremesActiveColumnsAndEntropyOfVectorsOfAnyLength() {
        for (int n : LENGTHS) {
            Moments moments = kernels.energy(oneTo(n), FROM, FROM + n, 4);
            double sumXLog2X = 0;
            for (int i = 1; i <= n; i++) {
                sumXLog2X += i / 4.0 * Math.log(i / 4.0) / Math.log(2);
            }
            assertEquals(0.25, moments.min());
            assertEquals(n / 4.0, moments.max());
            assertEquals(n, moments.active());
            assertEquals(sumXLog2X, moments.sumXLog2X(), 1e-13 * n * n);
        }
    }

    @Test
    void takesTheEntropyAloneWithTheSameBits() {
        for (int n : LENGTHS) {
            Moments all = kernels.energy(oneTo(n), FROM, FROM + n, 4);
            Moments entropy = kernels.entropy(oneTo(n), FROM, FROM + n, 4);
            assertEquals(new Moments(all.n(), all.sum(), all.mean(), Double.NaN, Double.NaN, Double.NaN, all.min(),
                    all.max(), all.sumXLog2X(), all.active()), entropy);
        }
    }

    @Test
    void takesExtremesOfNegativeAndInfiniteValues() {
        float[] v = vector(3, -2, -0f, -7, 5);
        Moments negative = kernels.energy(v, FROM, FROM + 5, 1);
        assertEquals(-7, negative.min());
        assertEquals(5, negative.max());
        v[FROM] = Float.POSITIVE_INFINITY;
        assertEquals(Double.POSITIVE_INFINITY, kernels.energy(v, FROM, FROM + 5, 1).max());
        v[FROM + 1] = Float.NaN;
        assertEquals(Double.NaN, kernels.energy(v, FROM, FROM + 5, 1).min());
    }

    @Test
    void takesEntropyOfSubnormalValues() {
        float x = 3 * Float.MIN_VALUE;
        Moments subnormal = kernels.energy(vector(x, x, 0), FROM, FROM + 3, 1);
        assertEquals(1, subnormal.entropy(), 1e-12);
        // Among larger values they add nothing.
        Moments mixed = kernels.energy(vector(x, 1, 1), FROM, FROM + 3, 1);
        assertEquals(1, mixed.entropy(), 1e-12);
    }

    @Test
    void comparesVectorsOfAnyLength() {
        // x = 1..n over 2, y = n..1 over 4. Σ(i/2 - (n+1-i)/4)² = n(n+1)(n-1/2)/16.
        for (int n : LENGTHS) {
            float[] y = vector(new float[n]);
            for (int i = 0; i < n; i++) {
                y[FROM + i] = n - i;
            }
            double inSum2 = n * ((double) n * n - 1) / 12;
            Comoments comoments = kernels.pairs(oneTo(n), 2, y, 4, FROM, FROM + n);
            assertEquals(n, comoments.n());
            assertEquals((n + 1) / 4.0, comoments.meanX());
            assertEquals((n + 1) / 8.0, comoments.meanY());
            assertEquals(inSum2 / 4, comoments.xx(), 1e-12 * inSum2);
            assertEquals(inSum2 / 16, comoments.yy(), 1e-12 * inSum2);
            assertEquals(-inSum2 / 8, comoments.xy(), 1e-12 * inSum2);
            assertEquals(n * (n + 1.0) * (n - 0.5) / 16, comoments.distance2(), 1e-13 * n * n * n);
        }
    }

    @Test
    void countsColumnsAboveOneSigmaInVectorsOfAnyLength() {
        // Above 2 + 1.5, strictly.
        for (int n : LENGTHS) {
            assertEquals(Math.max(0, n - 3), Kernels.aboveOneSigma(oneTo(n), FROM, FROM + n, 1, 2, 1.5));
            assertEquals(Math.max(0, n - 7), Kernels.aboveOneSigma(oneTo(n), FROM, FROM + n, 2, 2, 1.5));
        }
    }

    @Test
    void drawsTheLineOfOneSigmaBetweenTheRightFloats() {
        assertEquals(0, above(2, 1, 1, 1));
        assertEquals(1, above(Math.nextUp(2f), 1, 1, 1));
        for (double mean : new double[]{0, 1e-30, 0.1, 1 / 3.0, 7e5, -2.5}) {
            for (double stddev : new double[]{1e-12, 0.3, 1e7}) {
                for (int count : new int[]{1, 3, 7, 1000, 16_777_217}) {
                    float x = (float) ((mean + stddev) * count);
                    for (int i = 0; i < 8; i++) {
                        x = Math.nextDown(x);
                    }
                    for (int i = 0; i < 16; i++, x = Math.nextUp(x)) {
                        float value = x;
                        assertEquals((x / (double) count - mean) / stddev > 1 ? 1 : 0, above(x, count, mean, stddev),
                                () -> value + " / " + count + ", mean " + mean + ", stddev " + stddev);
                    }
                }
            }
        }
    }

    @Test
    void findsTheLineOfOneSigmaAmongTheLargestAndSmallestFloats() {
        assertEquals(0, above(Float.MAX_VALUE, 1, Float.MAX_VALUE, Float.MAX_VALUE));
        assertEquals(1, above(Float.MAX_VALUE, 1, 0, 1));
        assertEquals(0, above(Float.MIN_VALUE, 1, 0, Float.MIN_VALUE));
        assertEquals(1, above(2 * Float.MIN_VALUE, 1, 0, Float.MIN_VALUE));
        assertEquals(0, above(-1, 1, -3, 2));
        assertEquals(1, above(Math.nextUp(-1f), 1, -3, 2));
    }

    /** Where one standard deviation above the mean is about 0, a guess in doubles is a billion floats off. */
    @Test
    @Timeout(10)
    void findsTheLineOfOneSigmaWhereMeanAndDeviationCancelOut() {
        double mean = -4e18;
        for (double stddev : new double[]{4e18, Math.nextDown(4e18), Math.nextUp(4e18), 4e18 + 1e6}) {
            for (float x : new float[]{-1e6f, -513, -511, -1, -1e-30f, 0, 1e-30f, 1, 511, 513, 1025, 1e6f}) {
                assertEquals((x - mean) / stddev > 1 ? 1 : 0, above(x, 1, mean, stddev), x + " of " + stddev);
            }
        }
        assertEquals(0, above(Float.POSITIVE_INFINITY, 1, 0, Double.NaN));
    }

    @Test
    void drawsTheLineOfActiveColumnsBetweenTheRightFloats() {
        // 1e-5f is a little below 1e-5.
        assertEquals(0, active(1e-5f, 1));
        assertEquals(1, active(Math.nextUp(1e-5f), 1));
        assertEquals(1, active(-Math.nextUp(1e-5f), 1));
        assertEquals(0, active(-1e-5f, 1));
        assertEquals(0, active(0, 1));
        for (int count : new int[]{3, 7, 1000, 16_777_217}) {
            float x = (float) (1e-5 * count);
            for (float value : new float[]{Math.nextDown(x), x, Math.nextUp(x)}) {
                assertEquals(value / (double) count > 1e-5 ? 1 : 0, active(value, count), value + " / " + count);
            }
        }
    }

    private static int above(float x, double count, double mean, double stddev) {
        return Kernels.aboveOneSigma(new float[]{x}, 0, 1, count, mean, stddev);
    }

    private static long active(float x, double count) {
        Moments moments = kernels.energy(new float[]{x}, 0, 1, count);
        return moments.active();
    }

    private static float[] oneTo(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i + 1;
        }
        return vector(values);
    }

    private static float[] vector(float... values) {
        float[] padded = new float[FROM + values.length + 2];
        Arrays.fill(padded, Float.NaN);
        System.arraycopy(values, 0, padded, FROM, values.length);
        return padded;
    }
}
