package org.imatrixstats.ggml.iqk;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

import org.imatrixstats.ggml.block.CodeBook.Levels;
import org.imatrixstats.ggml.block.CodeBook;

/**
 * A row whose values go in pairs: a pair becomes one of 32 of the 64 points that the levels of a code book form. A pair
 * that is nearest to a point without a code takes the best of the eight points around.
 */
final class Pairs {
    private static final Levels LEVELS = CodeBook.IQ3.levels(false);
    /** The points that have a code: 8·first level + second level. */
    private static final int[] POINTS = {2, 5, 8, 11, 13, 15, 17, 18, 20, 21, 22, 24, 28, 29, 31, 34, //
        35, 36, 37, 38, 41, 42, 43, 44, 45, 48, 50, 52, 54, 55, 58, 61};
    /** The values that a code stands for. */
    static final float[] FIRST = new float[POINTS.length];
    static final float[] SECOND = new float[POINTS.length];
    private static final int NEIGHBOURS = 8;
    private static final float NOTHING = 1e-16f;
    private static final RowImportance IMPORTANCE = new RowImportance(2.25f, 0);
    /** For each of the 64 points its code, or the codes of the points around, the nearest first. */
    private static final int[][] CODES = new int[64][];

    static {
        for (int code = 0; code < POINTS.length; code++) {
            FIRST[code] = LEVELS.value[POINTS[code] / 8];
            SECOND[code] = LEVELS.value[POINTS[code] % 8];
        }
        for (int point = 0; point < CODES.length; point++) {
            int code = Arrays.binarySearch(POINTS, point);
            CODES[point] = code >= 0 ? new int[]{code} : around(point);
        }
    }

    private static int[] around(int point) {
        return IntStream.range(0, POINTS.length).boxed()
                .sorted(Comparator.comparingDouble(code -> distance(point, code)))
                .mapToInt(Integer::intValue).limit(NEIGHBOURS).toArray();
    }

    private static double distance(int point, int code) {
        return Math.hypot(LEVELS.value[point / 8] - FIRST[code], LEVELS.value[point % 8] - SECOND[code]);
    }

    private final float[] x;
    private final int at;
    private final float[] weight;
    private final int block;
    private final float[] scale;
    private float best;

    /** @param block values with their own scale */
    Pairs(float[] x, int at, int columns, float[] weights, int block) {
        this.x = x;
        this.at = at;
        this.block = block;
        weight = weights == null ? magnitudes(columns) : IMPORTANCE.of(x, at, columns, weights, block);
        scale = new float[columns / block];
    }

    private float[] magnitudes(int columns) {
        float[] magnitudes = new float[columns];
        for (int i = 0; i < columns; i++) {
            magnitudes[i] = Math.abs(x[at + i]);
        }
        return magnitudes;
    }

    float weight(int i) {
        return weight[i];
    }

    float scale(int b) {
        return scale[b];
    }

    float extremeScale() {
        float max = 0;
        for (float s : scale) {
            max = Math.abs(s) > Math.abs(max) ? s : max;
        }
        return max;
    }

    /** Finds a scale for each block: its largest value is tried as the first level and close by, with both signs. */
    void findScales(int tries) {
        for (int b = 0; b < scale.length; b++) {
            float max = 0;
            for (int i = at + b * block; i < at + (b + 1) * block; i++) {
                max = Math.abs(x[i]) > Math.abs(max) ? x[i] : max;
            }
            if (Math.abs(max) < NOTHING) {
                continue;
            }
            best = 0;
            tryScale(b, -LEVELS.first() / max);
            for (int i = -tries; i <= tries; i++) {
                tryScale(b, (i + LEVELS.first()) / max);
            }
        }
    }

    private void tryScale(int b, float inverse) {
        for (int sign = 1; sign >= -1; sign -= 2) {
            float qx = 0;
            float q2 = 0;
            for (int i = b * block; i < (b + 1) * block; i += 2) {
                int code = nearest(sign * inverse, i);
                qx += Math.fma(weight[i] * FIRST[code], x[at + i], weight[i + 1] * SECOND[code] * x[at + i + 1]);
                q2 += Math.fma(weight[i] * FIRST[code], FIRST[code], weight[i + 1] * SECOND[code] * SECOND[code]);
            }
            if (q2 > 0 && qx * qx > best * q2) {
                scale[b] = qx / q2;
                best = scale[b] * qx;
            }
        }
    }

    /** Of a multiplier of d and its two neighbours from -32 to 31 the one with the least error in a block. */
    int bestMultiplier(int b, float d, int multiplier) {
        float least = Float.MAX_VALUE;
        int result = multiplier;
        for (int m = Math.max(-32, multiplier - 1); m <= Math.min(31, multiplier + 1); m++) {
            float product = d * m;
            float inverse = product != 0 ? 1 / product : 0;
            float error = 0;
            for (int i = b * block; i < (b + 1) * block; i += 2) {
                int code = nearest(inverse, i);
                float difference1 = Math.fma(product, FIRST[code], -x[at + i]);
                float difference2 = Math.fma(product, SECOND[code], -x[at + i + 1]);
                error += Math.fma(weight[i] * difference1, difference1, weight[i + 1] * difference2 * difference2);
            }
            if (error < least) {
                least = error;
                result = m;
            }
        }
        return result;
    }

    /** The code for the values i and i + 1 divided by a scale. */
    int nearest(float inverse, int i) {
        float x1 = inverse * x[at + i];
        float x2 = inverse * x[at + i + 1];
        int[] codes = CODES[8 * LEVELS.nearest(x1) + LEVELS.nearest(x2)];
        int result = codes[0];
        if (codes.length > 1) {
            float least = Float.MAX_VALUE;
            for (int code : codes) {
                float difference1 = FIRST[code] - x1;
                float difference2 = SECOND[code] - x2;
                float error = Math.fma(weight[i] * difference1, difference1, weight[i + 1] * difference2 * difference2);
                if (error < least) {
                    least = error;
                    result = code;
                }
            }
        }
        return result;
    }
}
