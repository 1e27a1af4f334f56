package org.imatrixstats.ggml.iqk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;

import org.imatrixstats.ggml.block.CodeBook;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The sweep over scales against all partitions of a block, as ik_llama.cpp tries them. */
class ThresholdsTest {
    private static final int SIZE = 16;

    @RepeatedTest(50)
    void findsTheBestOfAllPartitions(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        float[] x = new float[SIZE];
        float[] weights = new float[SIZE];
        float offset = random.nextInt(3) == 0 ? 2 : 0; // Some blocks of values of one sign.
        for (int i = 0; i < SIZE; i++) {
            x[i] = (float) random.nextGaussian() + offset;
            weights[i] = (float) Math.exp(random.nextGaussian());
        }
        int maxFirst = SIZE - 1 - random.nextInt(6);
        int minLast = random.nextInt(6);
        Thresholds thresholds = new Thresholds(SIZE, maxFirst, minLast);
        float scale = thresholds.bestScale(x, 0, weights, 0, CodeBook.IQ2);
        assertEquals(bestGain(x, weights, maxFirst, minLast),
                gainOf(x, weights, scale, CodeBook.IQ2.levels(thresholds.isShifted()).value, maxFirst, minLast), 1e-4);
    }

    @Test
    void equalValuesAllGetTheLevelFarthestFromZero() {
        float[] x = new float[SIZE];
        float[] weights = new float[SIZE];
        Arrays.fill(x, 3);
        Arrays.fill(weights, 1);
        Thresholds thresholds = new Thresholds(SIZE, SIZE - 1, 0);
        float scale = thresholds.bestScale(x, 0, weights, 0, CodeBook.IQ2);
        float error = Float.POSITIVE_INFINITY;
        for (float level : CodeBook.IQ2.levels(thresholds.isShifted()).value) {
            error = Math.min(error, Math.abs(scale * level - 3));
        }
        assertTrue(error < 1e-5f, "scale " + scale);
    }

    /** (Σ w·x·q)² / Σ w·q² of the best partition, both ways round and for both sets of levels. */
    private static double bestGain(float[] x, float[] weights, int maxFirst, int minLast) {
        double best = 0;
        for (boolean isShifted : new boolean[]{false, true}) {
            float[] level = CodeBook.IQ2.levels(isShifted).value;
            float[] descending = {level[3], level[2], level[1], level[0]};
            best = Math.max(best, bestGain(x, weights, level, maxFirst, minLast)[0]);
            best = Math.max(best, bestGain(x, weights, descending, maxFirst, minLast)[0]);
        }
        return best;
    }

    /** That of the partition whose best scale is the one given. */
    private static double gainOf(float[] x, float[] weights, float scale, float[] level, int maxFirst, int minLast) {
        double product = 0;
        double square = 0;
        for (int i = 0; i < SIZE; i++) {
            float nearest = level[0];
            for (float l : level) {
                nearest = Math.abs(x[i] - scale * l) < Math.abs(x[i] - scale * nearest) ? l : nearest;
            }
            product += weights[i] * x[i] * nearest;
            square += weights[i] * nearest * nearest;
        }
        double gain = product * product / square;
        // Within the limits, the partition need not be that of the nearest levels.
        for (float[] order : new float[][]{level, {level[3], level[2], level[1], level[0]}}) {
            double[] limited = bestGain(x, weights, order, maxFirst, minLast);
            if (Math.abs(limited[1] - scale) < 1e-5 * Math.abs(scale)) {
                gain = limited[0];
            }
        }
        return gain;
    }

    private static double[] bestGain(float[] x, float[] weights, float[] level, int maxFirst, int minLast) {
        Integer[] order = new Integer[SIZE];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Float.compare(x[a], x[b]));
        double[] best = new double[2];
        for (int i = 0; i <= maxFirst; i++) {
            for (int j = i; j < SIZE; j++) {
                for (int k = Math.max(j, minLast); k < SIZE; k++) {
                    double product = 0;
                    double square = 0;
                    for (int place = 0; place < SIZE; place++) {
                        float q = level[place < i ? 0 : place < j ? 1 : place < k ? 2 : 3];
                        product += weights[order[place]] * x[order[place]] * q;
                        square += weights[order[place]] * q * q;
                    }
                    if (product * product / square > best[0]) {
                        best[0] = product * product / square;
                        best[1] = product / square;
                    }
                }
            }
        }
        return best;
    }
}
