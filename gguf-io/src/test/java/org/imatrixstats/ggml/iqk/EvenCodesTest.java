package org.imatrixstats.ggml.iqk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Random;

import org.junit.jupiter.api.Test;

class EvenCodesTest {
    @Test
    void wordsHaveAnEvenNumberOfOnes() {
        Random random = new Random(8);
        for (int trial = 0; trial < 200; trial++) {
            float[] x = new float[32];
            float[] weights = new float[32];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextGaussian();
                weights[i] = random.nextFloat();
            }
            EvenCodes block = new EvenCodes(x, 0, weights, 0);
            block.findScale(7);
            assertNotEquals(0, block.scale());
            block.assign(block.scale());
            for (int word = 0; word < 8; word++) {
                assertEquals(0, Integer.bitCount(block.codes(word)) % 2, "word " + word);
            }
        }
    }

    /** Values 2·k, 16 + 2·k, 2·k + 1 and 16 + 2·k + 1 share a word. */
    @Test
    void wordsHoldValuesOfBothHalves() {
        float[] x = new float[32];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        EvenCodes block = new EvenCodes(x, 0, new float[32], 0);
        float[] first = {0, 16, 1, 17, 2, 18, 3, 19};
        for (int i = 0; i < first.length; i++) {
            assertEquals(first[i], block.value(i));
        }
    }
}
