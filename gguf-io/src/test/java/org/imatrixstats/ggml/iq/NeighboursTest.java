package org.imatrixstats.ggml.iq;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeighboursTest {
    @ParameterizedTest
    @CsvSource({"iq1, 8, 3, 2048", "iq2_xxs, 8, 3, 256", "iq2_xs, 8, 3, 512", "iq2_s, 8, 3, 1024",
        "iq3_xxs, 4, 8, 256", "iq3_s, 4, 8, 512"})
    void gridsHaveDifferentPoints(String name, int dimension, int levels, int size) {
        Grid grid = grid(name, dimension, levels);
        assertEquals(size, grid.size());
        assertEquals(size, IntStream.range(0, size).map(grid::code).distinct().count());
        assertEquals(0, grid.code(0));
        assertTrue(IntStream.range(0, grid.points().length).allMatch(i -> grid.points()[i] < levels));
    }

    @Test
    void aCodeHasTheFirstLevelAsItsLowestDigit() {
        Grid grid = grid("iq3_s", 4, 8);
        assertArrayEquals(new byte[]{0, 0, 7, 7}, Arrays.copyOfRange(grid.points(), 4 * 511, 4 * 512));
        assertEquals(7 * 8 * 8 + 7 * 8 * 8 * 8, grid.code(511));
    }

    /** Sorts all points by distance, then by index. Codes are taken at random. */
    @ParameterizedTest
    @CsvSource({"iq1, 8, 3, 3", "iq2_xs, 8, 3, 2", "iq2_s, 8, 3, 1", "iq3_xxs, 4, 8, 2", "iq3_s, 4, 8, 3"})
    void neighboursAreThePointsAtTheLeastDistances(String name, int dimension, int levels, int distances) {
        Grid grid = grid(name, dimension, levels);
        Neighbours neighbours = new Neighbours(grid, distances);
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            int[] wanted = random.ints(dimension, 0, levels).toArray();
            int code = 0;
            for (int k = dimension - 1; k >= 0; k--) {
                code = code * levels + wanted[k];
            }
            int[] expected = {};
            if (neighbours.points[code] >= 0) {
                assertEquals(code, grid.code(neighbours.points[code]));
            } else {
                int limit = IntStream.range(0, grid.size()).map(p -> distance(grid, p, wanted)).distinct().sorted()
                        .skip(distances - 1).findFirst().getAsInt();
                expected = IntStream.range(0, grid.size()).filter(p -> distance(grid, p, wanted) <= limit).boxed()
                        .sorted(Comparator.comparingInt(p -> distance(grid, p, wanted))).mapToInt(p -> p).toArray();
            }
            assertArrayEquals(expected, neighbours(neighbours, code));
        }
    }

    /** Adds the errors of every neighbour in order. Coarse values make ties and nearly equal sums. */
    @ParameterizedTest
    @CsvSource({"iq1, 8, 3, 3", "iq2_xxs, 8, 3, 2", "iq3_s, 4, 8, 3"})
    void theNearestPointIsTheFirstWithTheLeastError(String name, int dimension, int levels, int distances) {
        Grid grid = grid(name, dimension, levels);
        Neighbours neighbours = new Neighbours(grid, distances);
        NearestPoint nearest = new NearestPoint(neighbours);
        float[] q = {1, 3, 5, 7, 9, 11, 13, 15};
        Random random = new Random(2);
        for (int i = 0; i < 2000; i++) {
            int code = random.nextInt(neighbours.points.length);
            if (neighbours.points[code] >= 0) {
                continue;
            }
            float[] x = new float[dimension];
            float[] w = new float[dimension];
            for (int k = 0; k < dimension; k++) {
                x[k] = i % 2 == 0 ? random.nextInt(6) : random.nextFloat() * 6;
                w[k] = i % 3 == 0 ? 1 : i % 3 == 1 ? random.nextInt(2) : random.nextFloat();
            }
            nearest.set(x, 0, w, 0, dimension, 0.7f, Arrays.copyOf(q, levels));
            int best = -1;
            float least = Float.MAX_VALUE;
            for (int point : neighbours(neighbours, code)) {
                float sum = 0;
                for (int k = 0; k < dimension; k++) {
                    float difference = 0.7f * q[grid.points()[dimension * point + k]] - x[k];
                    sum += w[k] * difference * difference;
                }
                if (sum < least) {
                    least = sum;
                    best = point;
                }
            }
            assertEquals(best, nearest.find(code, 0));
        }
    }

    @Test
    void errorsThatOverflowAreRefused() {
        Neighbours neighbours = new Neighbours(grid("iq3_s", 4, 8), 3);
        NearestPoint nearest = new NearestPoint(neighbours);
        int code = IntStream.range(0, neighbours.points.length).filter(c -> neighbours.points[c] < 0).findFirst()
                .getAsInt();
        nearest.set(new float[]{1e30f, 1, 1, 1}, 0, new float[]{1, 1, 1, 1}, 0, 4, 1, new float[8]);
        assertThrows(ArithmeticException.class, () -> nearest.find(code, 0));
    }

    private static Grid grid(String name, int dimension, int levels) {
        return Grid.read(name, dimension, new float[levels]);
    }

    private static int distance(Grid grid, int point, int[] levels) {
        int sum = 0;
        for (int i = 0; i < levels.length; i++) {
            int difference = grid.points()[levels.length * point + i] - levels[i];
            sum += difference * difference;
        }
        return sum;
    }

    private static int[] neighbours(Neighbours neighbours, int code) {
        return IntStream.range(neighbours.starts[code], neighbours.starts[code + 1])
                .map(n -> neighbours.neighbours[n]).toArray();
    }
}
