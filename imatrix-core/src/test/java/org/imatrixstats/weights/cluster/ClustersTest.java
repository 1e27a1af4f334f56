package org.imatrixstats.weights.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clusters of plain numbers, against an independent program. */
class ClustersTest {
    private static final JsonNode UNITS = JsonMapper.shared()
            .readTree(ReferenceFiles.testdata("weights/units.json").toFile());

    @Test
    void findsTheOptimum() {
        for (JsonNode unit : UNITS.get("clusters")) {
            double[] values = doubles(unit.get("values"));
            Arrays.sort(values);
            ReferenceClusters.assertAgree(unit, Clusters.of(values), "values " + unit.get("values"));
        }
    }

    @Test
    void measuresHowWellValuesLieInTheirClusters() {
        for (JsonNode unit : UNITS.get("silhouette")) {
            double[] values = doubles(unit.get("values"));
            long[] starts = longs(unit.get("cluster_starts"));
            int[] bounds = new int[starts.length + 1];
            for (int i = 0; i < starts.length; i++) {
                bounds[i] = Math.toIntExact(starts[i]);
            }
            bounds[starts.length] = values.length;
            assertEquals(unit.get("silhouette").asDouble(), Silhouette.of(Distinct.of(values), bounds), 1e-14);
        }
    }

    @Test
    void boundariesLieMidwayBetweenSortedCentres() {
        for (JsonNode unit : UNITS.get("boundaries")) {
            double[] centers = doubles(unit.get("centers_in_any_order"));
            Arrays.sort(centers);
            assertArrayEquals(doubles(unit.get("boundaries")), Clusters.boundaries(centers), 1e-15);
        }
    }

    /** All 2^(n-1) partitions of a few values are tried. */
    @Test
    void noPartitionIsBetter() {
        Random random = new Random(18);
        for (int round = 0; round < 20; round++) {
            double step = round % 2 == 0 ? 1e-9 : 0.25;
            double[] values = random.doubles(11, -1, 1).map(x -> step * Math.rint(x / step)).sorted().toArray();
            Distinct distinct = Distinct.of(values);
            double[] least = leastOfAllPartitions(values);
            for (Clusters.OfK each : Clusters.of(values).byK()) {
                assertEquals(least[each.k()], each.wcss(), 1e-14, Arrays.toString(values) + " k = " + each.k());
            }
            assertEquals(distinct.size() < 3, Clusters.of(values).best() == null);
        }
    }

    private static double[] leastOfAllPartitions(double[] values) {
        double[] least = new double[values.length + 1];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        for (int cuts = 0; cuts < 1 << values.length - 1; cuts++) {
            double cost = 0;
            int start = 0;
            for (int i = 1; i <= values.length; i++) {
                if (i == values.length || (cuts >> i - 1 & 1) != 0) {
                    double mean = Arrays.stream(values, start, i).average().orElseThrow();
                    cost += Arrays.stream(values, start, i).map(x -> (x - mean) * (x - mean)).sum();
                    start = i;
                }
            }
            int runs = Integer.bitCount(cuts) + 1;
            least[runs] = Math.min(least[runs], cost);
        }
        return least;
    }

    /** Sums of squares about zero would lose all digits here: the spread is a billionth of the values. */
    @Test
    void valuesFarFromZeroKeepTheirClusters() {
        double[] values = {1e9, 1e9 + 1, 1e9 + 2, 1e9 + 10, 1e9 + 11, 1e9 + 12, 1e9 + 20, 1e9 + 21, 1e9 + 22};
        Clusters.Best best = Clusters.of(values).best();
        assertArrayEquals(new double[]{1e9 + 1, 1e9 + 11, 1e9 + 21}, best.centers());
        assertArrayEquals(new double[]{1e9 + 6, 1e9 + 16}, best.boundaries());
    }

    /** Uniform values: with 2^b levels the error of a step Δ is Δ²/12. */
    @Test
    void theBestQuantizerOfEvenValuesHasEvenLevels() {
        int n = 4096;
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = i - (n - 1) / 2.0;
        }
        Clusters clusters = Clusters.of(values);
        assertEquals(5, clusters.quantizers().size());
        for (Clusters.Quantizer each : clusters.quantizers()) {
            double step = (double) n / each.levels();
            assertEquals((step * step - 1) / 12, each.mse(), 1e-9 * each.mse());
            assertEquals((step * step - 1) / ((double) n * n - 1), each.relativeError(), 1e-12);
        }
    }

    @Test
    void fewerThanThreeDifferentValuesHaveNoClusters() {
        Clusters clusters = Clusters.of(new double[]{-0.0, 0.0, 1, 1});
        assertNull(clusters.best());
        assertTrue(clusters.byK().isEmpty());
        assertEquals(2, clusters.sampleDistinct());
        assertEquals(Double.NaN, Clusters.of(new double[0]).sampleMean());
    }

    @Test
    void numbersThatNeverFallAreKept() {
        for (int[] numbers : List.of(new int[]{0}, new int[]{5}, new int[]{0, 0, 0, 1, 1, 7, 200, 200, 201},
                new Random(1).ints(1000, 0, 1000).sorted().toArray(), new int[64], new int[]{64, 64, 128})) {
            Monotone kept = new Monotone(numbers);
            for (int i = 0; i < numbers.length; i++) {
                assertEquals(numbers[i], kept.get(i), "place " + i);
            }
        }
    }

    /** Ten thousand different values: the partition into two is found by trying all. */
    @Test
    void manyValuesHaveTheirOptimum() {
        double[] values = new Random(2).doubles(10_000).map(x -> x * x * x).sorted().toArray();
        SquaredError error = new SquaredError(Distinct.of(values));
        double least = IntStream.range(1, values.length)
                .mapToDouble(cut -> error.of(0, cut) + error.of(cut, values.length)).min().orElseThrow();
        assertEquals(least, Clusters.of(values).quantizers().getFirst().mse() * values.length, 1e-9 * least);
    }

    private static long[] longs(JsonNode array) {
        return array.values().stream().mapToLong(JsonNode::asLong).toArray();
    }

    private static double[] doubles(JsonNode array) {
        return array.values().stream().mapToDouble(JsonNode::asDouble).toArray();
    }
}
