package org.imatrixstats.numeric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EntropyKernelTest {
    private static final double LN2 = Math.log(2);

    private final EntropyKernel kernel = new EntropyKernel();

    @Test
    void isZeroForZero() {
        assertEquals(0, sum(0, 0), Double.MIN_VALUE);
    }

    @Test
    void isExactAtPowersOfTwo() {
        assertEquals(3 * 8, sum(8), 1e-14);
        assertEquals(-2 * 0.25, sum(0.25f), 1e-15);
        assertEquals(0, sum(1), 1e-15);
    }

    @Test
    void agreesWithTheLogarithmForNormalFloatsOfAllSizes() {
        // A prime step: all exponents, and mantissas all over.
        for (int bits = 0x00800000; bits > 0 && bits < 0x7f800000; bits += 9973) {
            assertAgrees(Float.intBitsToFloat(bits));
        }
        assertAgrees(Float.MAX_VALUE);
    }

    @Test
    void addsUpChunksAndTheRest() {
        float[] values = new float[1000];
        double expected = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = i * 0.37f;
            expected += i < 3 || i >= 990 ? 0 : values[i] * Math.log(values[i]) / LN2;
        }
        assertEquals(expected, kernel.sum(values, 3, 990), 1e-12 * expected);
    }

    @Test
    void findsTheBitsOfTheExtremes() {
        float[] values = {9, 2, 0.5f, 7, 3, 0.1f};
        kernel.sum(values, 1, 5);
        assertEquals(0.5f, Float.intBitsToFloat(kernel.leastBits()));
        assertEquals(7, Float.intBitsToFloat(kernel.mostBits()));
    }

    private double sum(float... values) {
        return kernel.sum(values, 0, values.length);
    }

    /** log2 within 2^-50, and where it is large within a few of its last bits. */
    private void assertAgrees(float x) {
        double log2 = Math.log(x) / LN2;
        double error = Math.abs(sum(x) / x - log2);
        assertTrue(error <= 0x1p-50 * Math.max(1, Math.abs(log2)), () -> x + ": " + error);
    }
}
