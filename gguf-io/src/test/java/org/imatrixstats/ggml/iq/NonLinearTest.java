package org.imatrixstats.ggml.iq;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;

import org.junit.jupiter.api.Test;

class NonLinearTest {
    @Test
    void theNearestLevelIsFoundAtAndAroundEveryBorder() {
        for (int i = 0; i < 15; i++) {
            float border = (NonLinear.LEVELS[i] + NonLinear.LEVELS[i + 1]) / 2;
            float x = border;
            for (int step = 0; step < 40; step++, x = Math.nextDown(x)) {
                assertNearest(x);
            }
            x = border;
            for (int step = 0; step < 40; step++, x = Math.nextUp(x)) {
                assertNearest(x);
            }
        }
    }

    @Test
    void theNearestLevelIsFoundAnywhere() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            assertNearest(random.nextFloat() * 260 - 130);
        }
        for (float x = -130; x <= 130; x += 0.25f) {
            assertNearest(x);
            assertNearest(Math.nextDown(x));
        }
    }

    @Test
    void numbersBeyondTheLevelsHaveTheFirstOrTheLast() {
        assertEquals(0, NonLinear.nearest(-1e30f));
        assertEquals(0, NonLinear.nearest(Float.NEGATIVE_INFINITY));
        assertEquals(15, NonLinear.nearest(1e30f));
        assertEquals(15, NonLinear.nearest(Float.POSITIVE_INFINITY));
        assertEquals(15, NonLinear.nearestOrNaN(Float.NaN));
    }

    /** The rule of the reference: the lower level only if its rounded distance is less. */
    private static void assertNearest(float x) {
        int upper = 1;
        while (upper < 15 && x >= NonLinear.LEVELS[upper]) {
            upper++;
        }
        int expected = x - NonLinear.LEVELS[upper - 1] < NonLinear.LEVELS[upper] - x ? upper - 1 : upper;
        assertEquals(expected, NonLinear.nearest(x), () -> "nearest to " + x);
    }
}
