package org.imatrixstats.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors of several blocks, whose values are not all in memory: compared with sorting them all. */
class LargeTensorTest {
    private static final int COLUMNS = 1000;
    private static final int ROWS = 2500;

    @ParameterizedTest
    @ValueSource(strings = {"normal", "zeros and subnormals", "one value and two outliers", "all of one bucket"})
    void orderStatisticsAreThoseOfTheSortedValues(String kind) throws IOException {
        float[] values = values(kind);
        TensorReview review = review(values, 2).tensors().getFirst();
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        assertEquals(((double) sorted[(n - 1) / 2] + sorted[n / 2]) / 2 + 0.0, review.distribution().median());
        long[] ranks = Sample.ranks(n);
        float[] sample = new float[ranks.length];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = sorted[Math.toIntExact(ranks[i])] + 0.0f;
        }
        assertArrayEquals(sample, review.sample());
        for (int i = 0; i < Distribution.QUANTILES.size(); i++) {
            double position = Distribution.QUANTILES.get(i) / 100 * (n - 1);
            double low = sorted[(int) position];
            double high = sorted[Math.min(n - 1, (int) position + 1)];
            assertEquals(low + (position - (int) position) * (high - low), review.distribution().quantiles()[i]);
        }
        assertCounts(values, review);
    }

    private static void assertCounts(float[] values, TensorReview review) {
        double[] edges = review.distribution().histogram().edges();
        long[] counts = new long[edges.length - 1];
        long[] beyond = new long[Distribution.SIGMAS.size()];
        long zeros = 0;
        long subnormals = 0;
        double mean = review.sums().average();
        for (float x : values) {
            int bin = counts.length - 1;
            while (x < edges[bin]) {
                bin--;
            }
            counts[bin]++;
            zeros += x == 0 ? 1 : 0;
            subnormals += x != 0 && Math.abs(x) < Float.MIN_NORMAL ? 1 : 0;
            for (int i = 0; i < beyond.length; i++) {
                beyond[i] += Math.abs(x - mean) > Distribution.SIGMAS.get(i) * review.sums().stdDev() ? 1 : 0;
            }
        }
        assertArrayEquals(counts, review.distribution().histogram().counts());
        assertArrayEquals(beyond, review.distribution().beyondSigma());
        assertEquals(zeros, review.sums().zeros());
        assertEquals(subnormals, review.sums().subnormals());
    }

    @Test
    void threadsDoNotDecideAnAnswer() throws IOException {
        float[] values = values("normal");
        TensorReview one = review(values, 1).tensors().getFirst();
        TensorReview four = review(values, 4).tensors().getFirst();
        assertEquals(one.sums(), four.sums());
        assertEquals(one.rowNorms(), four.rowNorms());
        assertEquals(one.columnNorms(), four.columnNorms());
        assertArrayEquals(one.sample(), four.sample());
        assertArrayEquals(one.distribution().quantiles(), four.distribution().quantiles());
        assertArrayEquals(one.distribution().histogram().counts(), four.distribution().histogram().counts());
        assertEquals(one.clusters().byK(), four.clusters().byK());
        assertArrayEquals(one.clusters().best().centers(), four.clusters().best().centers());
    }

    @Test
    void columnsThatStandOutAreFound() throws IOException {
        float[] values = values("normal");
        for (int row = 0; row < ROWS; row++) {
            values[row * COLUMNS + 7] *= 10;
            values[row * COLUMNS + 999] *= 5;
        }
        Norms norms = review(values, 2).tensors().getFirst().columnNorms();
        assertEquals(2, norms.outliers());
        assertEquals(List.of(7, 999), norms.largest().stream().map(Norms.Outlier::index).toList());
        double squares = 0;
        for (int row = 0; row < ROWS; row++) {
            squares += (double) values[row * COLUMNS + 7] * values[row * COLUMNS + 7];
        }
        assertEquals(Math.sqrt(squares), norms.max(), 1e-12 * norms.max());
    }

    private static ModelReview review(float[] values, int threads) throws IOException {
        return ModelReview.of(
                new MemoryModel("memory").with("blk.0.ffn_up.weight", List.of((long) COLUMNS, (long) ROWS), values),
                new ReviewOptions(16, null, threads, true), _ -> {
                });
    }

    private static float[] values(String kind) {
        Random random = new Random(1);
        IntToDoubleFunction value = switch (kind) {
            case "normal" -> _ -> 0.02 * random.nextGaussian();
            case "zeros and subnormals" -> i -> i % 3 == 0 ? 0 : i % 3 == 1 ? -0.0 : 1e-38 * random.nextGaussian();
            case "one value and two outliers" -> i -> i == 5 ? -3e38 : i == 70_000 ? 1e30 : 0.1;
            default -> _ -> 1 + random.nextInt(1 << 15) / (double) (1 << 23);
        };
        float[] values = new float[ROWS * COLUMNS];
        Arrays.setAll(new int[values.length], i -> {
            values[i] = (float) value.applyAsDouble(i);
            return 0;
        });
        return values;
    }
}
