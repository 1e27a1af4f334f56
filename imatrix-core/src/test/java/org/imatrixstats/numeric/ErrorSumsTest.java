package org.imatrixstats.numeric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import org.imatrixstats.io.FormatException;

class ErrorSumsTest {
    @Test
    void hasTheErrorsOfRows() {
        // Differences: 1 0 | -2 1. Squared, times the weights 3 and 5: 3 + 0 | 12 + 5. Energies: 4·3 + 9·5 | 1·3 + 16·5.
        float[] x = {-1, 2, 3, 1, 4};
        float[] q = {-1, 1, 3, 3, 3};
        ErrorSums sums = ErrorSums.of(x, q, 1, 2, 2, new float[]{3, 5}, new double[]{0.5, 2});
        assertEquals(2, sums.rows());
        assertEquals(4, sums.n());
        assertEquals(20, sums.weighted().y());
        assertEquals(57 + 83, sums.weighted().x());
        assertEquals(20 / 140.0, sums.weighted().value());
        assertEquals(6 / 30.0, sums.unweighted().value());
        // 0.5·1 + 2·0, and 0.5·(−2) + 2·1.
        assertEquals(0.25 + 1, sums.mean().y());
        assertEquals(1.25 / 140, sums.mean().value());
        assertEquals((2 + 9 + 3 + 12) / Math.sqrt(30 * (1 + 9 + 9 + 9)), sums.cosine(), 1e-15);
        assertEquals(2, sums.maxError());
    }

    @Test
    void weighsAllColumnsAlikeWithoutWeights() {
        ErrorSums sums = ErrorSums.of(new float[]{2, 3}, new float[]{1, 3}, 0, 1, 2, null, null);
        assertEquals(1 / 13.0, sums.weighted().value());
        assertEquals(sums.unweighted(), sums.weighted());
        assertEquals(Double.NaN, sums.mean().value());
    }

    @Test
    void hasNoFiguresOfNothing() {
        assertEquals(Double.NaN, ErrorSums.EMPTY.weighted().value());
        assertEquals(Double.NaN, ErrorSums.EMPTY.cosine());
    }

    @Test
    void mergesAnySplitIntoTheWhole() {
        int rows = 17;
        int columns = 64;
        float[] x = random(1, rows * columns);
        float[] q = random(2, rows * columns);
        float[] weights = random(3, columns);
        ErrorSums whole = ErrorSums.of(x, q, 0, rows, columns, weights, null);
        for (int first = 0; first <= rows; first++) {
            for (int second = first; second <= rows; second += 3) {
                ErrorSums a = ErrorSums.of(x, q, 0, first, columns, weights, null);
                ErrorSums b = ErrorSums.of(x, q, first * columns, second - first, columns, weights, null);
                ErrorSums c = ErrorSums.of(x, q, second * columns, rows - second, columns, weights, null);
                assertSame(whole, a.merge(b).merge(c));
                assertSame(whole, a.merge(b.merge(c)));
            }
        }
    }

    private static void assertSame(ErrorSums expected, ErrorSums actual) {
        assertEquals(expected.rows(), actual.rows());
        assertEquals(expected.n(), actual.n());
        assertEquals(expected.weighted().value(), actual.weighted().value(), 1e-13);
        assertEquals(expected.unweighted().value(), actual.unweighted().value(), 1e-13);
        assertEquals(expected.weighted().standardError(17, 100), actual.weighted().standardError(17, 100), 1e-12);
        assertEquals(expected.cosine(), actual.cosine(), 1e-13);
        assertEquals(expected.maxError(), actual.maxError());
    }

    /** Over all samples of 3 of 6 rows, the mean of the estimated variance is near the variance of the estimates. */
    @Test
    void knowsHowFarASampleIsOff() {
        float[] x = random(7, 6 * 32);
        float[] q = x.clone();
        float[] noise = random(8, 6 * 32);
        for (int i = 0; i < q.length; i++) {
            q[i] += 0.1f * noise[i];
        }
        double truth = ErrorSums.of(x, q, 0, 6, 32, null, null).weighted().value();
        double inSum2 = 0;
        double estimated = 0;
        for (int a = 0; a < 6; a++) {
            for (int b = a + 1; b < 6; b++) {
                for (int c = b + 1; c < 6; c++) {
                    ErrorSums sample = row(x, q, a).merge(row(x, q, b)).merge(row(x, q, c));
                    inSum2 += Math.pow(sample.weighted().value() - truth, 2);
                    estimated += Math.pow(sample.weighted().standardError(3, 6), 2);
                }
            }
        }
        assertTrue(estimated / inSum2 > 0.7 && estimated / inSum2 < 1.4, estimated + " against " + inSum2);
    }

    private static ErrorSums row(float[] x, float[] q, int row) {
        return ErrorSums.of(x, q, row * 32, 1, 32, null, null);
    }

    @Test
    void isExactWhenAllRowsWereRead() {
        ErrorSums sums = ErrorSums.of(random(1, 64), random(2, 64), 0, 2, 32, null, null);
        assertEquals(0, sums.weighted().standardError(2, 2));
        assertEquals(Double.NaN, row(random(1, 64), random(2, 64), 0).weighted().standardError(1, 2), "of one row");
    }

    @Test
    void comesBackFromItsBytes() throws IOException {
        ErrorSums sums = ErrorSums.of(random(1, 64), random(2, 64), 0, 2, 32, random(3, 32), new double[32]);
        assertEquals(sums, ErrorSums.fromBytes(sums.toBytes()));
        ErrorSums withoutMeans = ErrorSums.of(random(1, 64), random(2, 64), 0, 2, 32, null, null);
        assertEquals(withoutMeans, ErrorSums.fromBytes(withoutMeans.toBytes()));
    }

    @Test
    void refusesBytesOfAnotherVersion() {
        byte[] bytes = ErrorSums.EMPTY.toBytes();
        bytes[0]++;
        assertEquals("error sums: version 2, expected 1",
                assertThrows(FormatException.class, () -> ErrorSums.fromBytes(bytes)).getMessage());
    }

    private static float[] random(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
