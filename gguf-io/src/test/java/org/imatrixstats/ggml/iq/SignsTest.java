package org.imatrixstats.ggml.iq;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SignsTest {
    private static final float[] X = {1, -2, 3, -4, 5, -6, 7, -0.0f};
    private static final float[] ONES = {1, 1, 1, 1, 1, 1, 1, 1};

    @Test
    void valuesAreSplitIntoSignsAndMagnitudes() {
        float[] magnitudes = new float[8];
        assertEquals(0b0010_1010, Signs.split(X, 0, magnitudes, 0));
        assertArrayEquals(new float[]{1, 2, 3, 4, 5, 6, 7, -0.0f}, magnitudes);
    }

    @Test
    void theLeastImportantValueMakesTheSignsEven() {
        float[] magnitudes = new float[8];
        float[] weights = {1, 0.1f, 1, 1, 1, 1, 1, 1e9f};
        assertEquals(0b1010_1010, Signs.splitEven(X, 0, ONES, magnitudes, 0), "0 weighs nothing");
        assertArrayEquals(new float[]{1, 2, 3, 4, 5, 6, 7, 0}, magnitudes);
        float[] x = X.clone();
        x[7] = 8;
        assertEquals(0b0010_1000, Signs.splitEven(x, 0, weights, magnitudes, 0), "0.1 · 2² is the least");
        assertArrayEquals(new float[]{1, -2, 3, 4, 5, 6, 7, 8}, magnitudes);
    }

    @Test
    void evenSignsAreLeftAlone() {
        float[] magnitudes = new float[8];
        float[] x = {-1, -2, 3, 4, 5, 6, 7, 8};
        assertEquals(0b11, Signs.splitEven(x, 0, ONES, magnitudes, 0));
        assertArrayEquals(new float[]{1, 2, 3, 4, 5, 6, 7, 8}, magnitudes);
    }

    @Test
    void theEighthSignMakesTheirNumberEven() {
        assertEquals(0, Signs.complete(0));
        assertEquals(0b1000_0001, Signs.complete(0b1));
        assertEquals(0b0000_0011, Signs.complete(0b11));
        assertEquals(0b1111_1111, Signs.complete(0b111_1111));
    }
}
