package org.imatrixstats.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The terms of columns, beside their definitions. */
class DivergenceKernelTest {
    private static final double LN2 = Math.log(2);
    private final DivergenceKernel kernel = new DivergenceKernel();

    /** (p·ln(p/m) + q·ln(q/m)) / 2 with p = m(1 + t): a series where the logarithms would cancel each other. */
    private static double jensenShannon(double p, double q) {
        if (p < q) {
            return jensenShannon(q, p);
        }
        double m = (p + q) / 2;
        double t = (p - q) / (p + q);
        if (t > 0.05) {
            return (p * Math.log1p(t) + q * (t < 0.5 ? Math.log1p(-t) : Math.log(q / m))) / 2;
        }
        double sum = 0;
        for (int k = 10; k > 0; k--) {
            sum += Math.pow(t, 2 * k) / (k * (2 * k - 1));
        }
        return m * sum / 2;
    }

    /** Ratios of both shares around 16, where the kernel begins to take logarithms, and far to both sides. */
    @ParameterizedTest
    @ValueSource(doubles = {1 + 1e-12, 1 + 1e-6, 1.001, 1.1, 1.5, 3, 9, 15, 15.9999, 16, 16.0001, 17, 100, 1e6, 1e30})
    void termsOfJensenAndShannonKeepTheirDigitsAtAnyRatio(double ratio) {
        double expected = jensenShannon(0.125, 0.125 / ratio) / LN2;
        assertEquals(expected, kernel.jensenShannon(0.125, 0.125 / ratio), 4e-15 * expected);
        assertEquals(expected, kernel.jensenShannon(0.125 / ratio, 0.125), 4e-15 * expected);
    }

    @Test
    void aColumnOfOneFileAloneAddsHalfItsShare() {
        assertEquals(0.125, kernel.jensenShannon(0.25, 0), 1e-16);
        assertEquals(0.125, kernel.jensenShannon(0, 0.25), 1e-16);
        assertEquals(0, kernel.jensenShannon(0, 0));
        assertEquals(0, kernel.jensenShannon(0.25, 0.25));
    }

    /** Chunks have 256 columns: 1000 are three whole ones and a part. */
    @Test
    void addsColumnsOfAllChunks() {
        SplittableRandom random = new SplittableRandom(3);
        float[] a = new float[1010];
        float[] b = new float[1010];
        double js = 0;
        double ab = 0;
        double ba = 0;
        double distance = 0;
        for (int i = 0; i < 1010; i++) {
            a[i] = (float) Math.exp(random.nextGaussian());
            b[i] = (float) Math.exp(random.nextGaussian() * 2);
            if (i >= 10) {
                double p = a[i] * 0.5;
                double q = b[i] * 0.25;
                js += jensenShannon(p, q);
                ab += p * Math.log(p / q) - p + q;
                ba += q * Math.log(q / p) - q + p;
                distance += Math.abs(p - q);
            }
        }
        kernel.add(a, 0.5, b, 0.25, 10, 1010);
        DivergenceKernel.Terms terms = kernel.take();
        assertEquals(js, terms.jensenShannon(), 1e-13 * js);
        assertEquals(ab, terms.kullbackLeiblerAB(), 1e-13 * ab);
        assertEquals(ba, terms.kullbackLeiblerBA(), 1e-13 * ba);
        assertEquals(distance, terms.distance(), 1e-13 * distance);
        assertFalse(terms.onlyInA() || terms.onlyInB());
        assertEquals(0, kernel.take().distance(), "begins anew");
    }

    @Test
    void tellsWhichFileAloneHasAColumn() {
        kernel.add(new float[]{0, 1, 3}, 1, new float[]{0, 1, 0}, 1, 0, 3);
        DivergenceKernel.Terms terms = kernel.take();
        assertTrue(terms.onlyInA());
        assertFalse(terms.onlyInB());
        assertEquals(3, terms.kullbackLeiblerBA());
        kernel.add(new float[]{0, 0}, 1, new float[]{0, 2}, 1, 0, 2);
        assertTrue(kernel.take().onlyInB());
    }
}
