package org.imatrixstats.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agreement of ranks, beside its definition written out. */
class RankKernelTest {
    @TempDir
    private Path folder;
    private final SplittableRandom random = new SplittableRandom(11);

    private void assertByDefinition(float[] countsA, float[] countsB, int columns, IntToDoubleFunction valueA,
            IntToDoubleFunction valueB) throws IOException {
        int n = columns * countsA.length;
        float[] a = floats(n, valueA);
        float[] b = floats(n, valueB);
        double[] meansA = means(a, countsA, columns);
        double[] meansB = means(b, countsB, columns);
        Path fileA = file("a", countsA, a);
        Path fileB = file("b", countsB, b);
        try (Imatrix one = ImatrixReader.open(fileA); Imatrix other = ImatrixReader.open(fileB)) {
            TensorPair pair = Pairing.of(one, other).pairs().getFirst();
            PairValues.InMemory values = new PairValues.InMemory();
            values.read(pair);
            RankAgreement agreement = new RankKernel().of(pair, values);
            assertEquals(pearson(ranks(meansA), ranks(meansB)), agreement.spearman(), 1e-12);
            assertEquals(jaccard(meansA, meansB, 0.01), agreement.onePercent());
            assertEquals(jaccard(meansA, meansB, 0.10), agreement.tenPercent());
        }
    }

    private static float[] floats(int n, IntToDoubleFunction value) {
        float[] floats = new float[n];
        for (int i = 0; i < n; i++) {
            floats[i] = (float) value.applyAsDouble(i);
        }
        return floats;
    }

    private static double[] means(float[] sums, float[] counts, int columns) {
        return IntStream.range(0, sums.length).mapToDouble(i -> sums[i] / (double) counts[i / columns]).toArray();
    }

    private Path file(String name, float[] counts, float[] values) throws IOException {
        return new GgufImatrixBuilder().entry("x", counts, values)
                .write(Files.createDirectories(folder.resolve(name)));
    }

    private static double[] ranks(double[] means) {
        double[] sorted = means.clone();
        Arrays.sort(sorted);
        return Arrays.stream(means).map(mean -> {
            int first = Arrays.binarySearch(sorted, mean);
            int last = first;
            while (first > 0 && sorted[first - 1] == mean) {
                first--;
            }
            while (last + 1 < sorted.length && sorted[last + 1] == mean) {
                last++;
            }
            return (first + last) / 2.0;
        }).toArray();
    }

    private static double pearson(double[] x, double[] y) {
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < x.length; i++) {
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }
        return xy / Math.sqrt(xx * yy);
    }

    private static double jaccard(double[] a, double[] b, double share) {
        List<Integer> largestOfA = largest(a, share);
        List<Integer> both = largest(b, share).stream().filter(largestOfA::contains).toList();
        return both.size() / (double) (2 * largestOfA.size() - both.size());
    }

    /** Of equal ones those that come first. */
    private static List<Integer> largest(double[] means, double share) {
        return IntStream.range(0, means.length).boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -means[i]).thenComparing(i -> i))
                .limit((long) Math.ceil(share * means.length)).toList();
    }

    @Test
    void columnsThatAreAllDifferent() throws IOException {
        float[] one = {1};
        assertByDefinition(one, one, 3000, i -> Math.exp(random.nextGaussian()), i -> Math.exp(i % 100 / 30.0));
    }

    @Test
    void columnsThatShareRanksInBothFiles() throws IOException {
        float[] one = {1};
        assertByDefinition(one, one, 3000, _ -> random.nextInt(7), _ -> random.nextInt(50));
        assertByDefinition(one, one, 3000, i -> i < 2000 ? 0 : i, i -> i % 3 == 0 ? 0 : random.nextInt(1000));
    }

    @Test
    void meansThatOnlyDifferInTheirLastBits() throws IOException {
        // The same mean but for the rounding of the sum, over different counts.
        float[] counts = {3, 5, 7, 11, 13, 1 << 20, 999_983};
        assertByDefinition(counts, new float[]{1, 2, 3, 4, 5, 6, 7}, 400, i -> counts[i / 400] * (1 + i % 400 / 1000f),
                i -> (i / 400 + 1) * (1 + i % 50 / 1000f));
    }

    @Test
    void aSingleColumnHasNoCorrelation() throws IOException {
        float[] one = {1};
        assertByDefinition(one, one, 1, _ -> 1, _ -> 2);
    }
}
