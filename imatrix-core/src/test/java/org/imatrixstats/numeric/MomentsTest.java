package org.imatrixstats.numeric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import org.imatrixstats.io.FormatException;

class MomentsTest {
    @Test
    void hasTheMomentsOfAVector() {
        // 1 2 3 6: mean 3, deviations -2 -1 0 3; their squares 4 1 0 9, cubes -8 -1 0 27, fourth powers 16 1 0 81.
        Moments moments = of(1, 2, 3, 6);
        assertEquals(4, moments.n());
        assertEquals(12, moments.sum());
        assertEquals(3, moments.mean());
        assertEquals(14, moments.m2());
        assertEquals(18, moments.m3());
        assertEquals(98, moments.m4());
        assertEquals(1, moments.min());
        assertEquals(6, moments.max());
        assertEquals(3.5, moments.variance());
        assertEquals(Math.sqrt(3.5), moments.stddev());
        assertEquals(4.5 / Math.pow(3.5, 1.5), moments.skewness(), 1e-15);
        assertEquals(24.5 / (3.5 * 3.5) - 3, moments.kurtosis(), 1e-15);
    }

    @Test
    void hasTheEntropyOfAVector() {
        // 1 1 2 4 of 8: 1/8·3 + 1/8·3 + 1/4·2 + 1/2·1
        assertEquals(1.75, of(1, 1, 2, 4).entropy(), 1e-14);
        assertEquals(2, of(5, 5, 5, 5).entropy(), 1e-14);
        assertEquals(0, of(0, 7, 0).entropy(), 1e-14);
    }

    @Test
    void hasNoEntropyOfNothingAndOfNegativeValues() {
        assertEquals(Double.NaN, of(0, 0).entropy());
        assertEquals(Double.NaN, of(3, -1).entropy());
    }

    @Test
    void isUndefinedWithoutValuesAndWithBadOnes() {
        assertFalse(Moments.EMPTY.defined());
        assertFalse(of(1, Float.NaN).defined());
        assertFalse(of(1, Float.POSITIVE_INFINITY).defined());
        assertFalse(of(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY).defined());
        assertTrue(of(Float.MAX_VALUE, Float.MAX_VALUE).defined());
    }

    @Test
    void mergesPartsIntoTheWhole() {
        float[] values = new float[97];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 37 % 101) * (i % 5) + 0.25f;
        }
        Moments whole = of(values);
        for (int cut = 0; cut <= values.length; cut++) {
            assertSame(whole, part(values, 0, cut).merge(part(values, cut, values.length)));
        }
    }

    @Test
    void mergesManyPartsOfOneValue() {
        float[] values = {4, 0, 9, 1, 1, 25};
        Moments merged = Moments.EMPTY;
        for (int i = 0; i < values.length; i++) {
            merged = merged.merge(part(values, i, i + 1));
        }
        assertSame(of(values), merged);
    }

    @Test
    void keepsTheDigitsOfASmallSpreadAroundALargeMean() {
        // 2^23 + 1, 2, 3, 6 as above: sums of raw fourth powers would leave nothing of the spread.
        float base = 1 << 23;
        float[] values = {base + 1, base + 2, base + 3, base + 6};
        Moments moments = part(values, 0, 2).merge(part(values, 2, 4));
        assertEquals(base + 3, moments.mean());
        assertEquals(14, moments.m2(), 1e-8);
        assertEquals(18, moments.m3(), 1e-7);
        assertEquals(98, moments.m4(), 1e-7);
    }

    @Test
    void aConstantVectorHasNoSpread() {
        Moments moments = of(0.1f, 0.1f, 0.1f).merge(of(0.1f, 0.1f));
        assertEquals(0, moments.stddev());
        assertEquals(Double.NaN, moments.skewness());
        assertEquals(Double.NaN, moments.kurtosis());
    }

    @Test
    void comesBackFromItsBytes() throws IOException {
        Moments moments = of(0.1f, 7, 1e-20f);
        assertEquals(moments, Moments.fromBytes(moments.toBytes()));
        assertEquals(Moments.EMPTY, Moments.fromBytes(Moments.EMPTY.toBytes()));
    }

    @Test
    void refusesBytesOfAnotherVersionOrLength() {
        byte[] bytes = of(1).toBytes();
        assertMessage("moments: 80 bytes, expected 81", Arrays.copyOf(bytes, bytes.length - 1));
        assertMessage("moments: version missing, expected 1", new byte[0]);
        bytes[0] = 7;
        assertMessage("moments: version 7, expected 1", bytes);
    }

    private static void assertMessage(String expected, byte[] bytes) {
        assertEquals(expected, assertThrows(FormatException.class, () -> Moments.fromBytes(bytes)).getMessage());
    }

    private static void assertSame(Moments expected, Moments actual) {
        assertEquals(expected.n(), actual.n());
        assertEquals(expected.sum(), actual.sum(), 1e-12 * expected.sum());
        assertEquals(expected.mean(), actual.mean(), 1e-12 * expected.mean());
        assertEquals(expected.m2(), actual.m2(), 1e-12 * expected.m2());
        assertEquals(expected.m3(), actual.m3(), 1e-12 * Math.abs(expected.m3()));
        assertEquals(expected.m4(), actual.m4(), 1e-12 * expected.m4());
        assertEquals(expected.min(), actual.min());
        assertEquals(expected.max(), actual.max());
        assertEquals(expected.active(), actual.active());
        assertEquals(expected.sumXLog2X(), actual.sumXLog2X(), 1e-12 * expected.sumXLog2X());
    }

    private static Moments of(float... values) {
        return part(values, 0, values.length);
    }

    private static Moments part(float[] values, int from, int to) {
        return from == to ? Moments.EMPTY : new Kernels().energy(values, from, to, 1);
    }
}
