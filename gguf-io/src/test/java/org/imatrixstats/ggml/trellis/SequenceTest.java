package org.imatrixstats.ggml.trellis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SequenceTest {
    @Test
    void anIntegerIsTheSumOfTheLowSixBitsOfFourBytes() {
        // 4096 · 0xcbac1fed is 0xc1fed000 modulo 2^32: 0x01 + 0x3e + 0x10 + 0x00 - 126, and so on.
        float[] values = new float[2];
        Sequence.decode(4096, 1, 2, values, 0);
        long state = 4096L * 0xcbac1fedL & 0xffffffffL;
        assertEquals(0xc1fed000L, state);
        assertEquals(0x01 + 0x3e + 0x10 - 126, values[0]);
        state = state * 0xcbac1fedL & 0xffffffffL;
        long sum = (state & 63) + (state >> 8 & 63) + (state >> 16 & 63) + (state >> 24 & 63) - 126;
        assertEquals(sum, values[1]);
    }

    @Test
    void theScaleMultiplies() {
        float[] plain = new float[8];
        float[] scaled = new float[10];
        Sequence.decode(5000, 1, 8, plain, 0);
        Sequence.decode(5000, -0.5f, 8, scaled, 2);
        for (int i = 0; i < plain.length; i++) {
            assertEquals(-0.5f * plain[i], scaled[2 + i]);
        }
    }

    /** A normal distribution: mean 0, and a standard deviation of 36.9 as of four uniform integers below 64. */
    @Test
    void integersOfAllCodesAreNearlyNormal() {
        double sum = 0;
        double squares = 0;
        float[] values = new float[8];
        for (int code = 0; code < 65536; code++) {
            Sequence.decode(code + Sequence.OFFSET, 1, 8, values, 0);
            for (float value : values) {
                assertTrue(Math.abs(value) <= 126);
                sum += value;
                squares += value * value;
            }
        }
        assertEquals(0, sum / (8 * 65536), 0.5);
        assertEquals(36.9, Math.sqrt(squares / (8 * 65536)), 0.5);
    }

    @Test
    void aCodeIsTheNearestToItsOwnSequence() {
        Codes codes = new Codes(8, 10, Sequence.OFFSET, false, null, 16);
        float[] weight = {1, 1, 1, 1, 1, 1, 1, 1};
        float[] score = new float[codes.longest()];
        int[] found = new int[1 << 10];
        int[] expected = new int[1 << 10];
        for (int code = 0; code < found.length; code++) {
            float[] x = new float[8];
            Sequence.decode(code + Sequence.OFFSET, 1, 8, x, 0);
            expected[code] = code;
            found[code] = codes.nearest(x, weight, 0, score);
        }
        assertArrayEquals(expected, found);
    }
}
