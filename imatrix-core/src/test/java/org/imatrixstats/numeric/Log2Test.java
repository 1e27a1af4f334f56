package org.imatrixstats.numeric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Log2Test {
    private static final double LN2 = Math.log(2);

    @Test
    void isZeroForZero() {
        assertEquals(0, Log2.xLog2x(0), Double.MIN_VALUE);
    }

    @Test
    void agreesWithTheLogarithmForFloatsOfAllSizes() {
        // A prime step: all exponents, and mantissas all over.
        for (int bits = 1; bits > 0 && bits < 0x7f800000; bits += 9973) {
            assertAgrees(Float.intBitsToFloat(bits));
        }
        assertAgrees(Float.MIN_VALUE);
        assertAgrees(Float.MIN_NORMAL);
        assertAgrees(Float.MAX_VALUE);
    }

    @Test
    void agreesWithTheLogarithmAtTheEdgesOfTheTable() {
        for (int i = 0; i < 1024; i++) {
            float edge = 1 + i / 1024f;
            assertAgrees(Math.nextDown(edge));
            assertAgrees(edge);
            assertAgrees(Math.nextUp(edge));
        }
    }

    @Test
    void isExactEnoughAtPowersOfTwo() {
        assertEquals(3 * 8, Log2.xLog2x(8), 1e-14);
        assertEquals(-2 * 0.25, Log2.xLog2x(0.25), 1e-15);
        assertEquals(0, Log2.xLog2x(1), 1e-15);
    }

    /** log2 within 2^-50, and where it is large within a few of its last bits. */
    private static void assertAgrees(float x) {
        double log2 = Math.log(x) / LN2;
        double allowed = 0x1p-50 * Math.max(1, Math.abs(log2));
        double error = Math.abs(Log2.xLog2x(x) / x - log2);
        assertTrue(error <= allowed, () -> x + ": " + error);
    }
}
