package org.imatrixstats.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.SharedInputs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not fit into memory is ranked as what does, to the bit. */
class LargeRankKernelTest {
    private static final int COLUMN = 48;

    @TempDir
    private Path folder;
    private final SplittableRandom random = new SplittableRandom(7);

    private Path file(String name, float[] counts, int columns, IntToDoubleFunction value) throws IOException {
        float[] values = new float[columns];
        for (int i = 0; i < columns; i++) {
            values[i] = (float) value.applyAsDouble(i);
        }
        return new GgufImatrixBuilder().entry("x", counts, values)
                .write(Files.createDirectories(folder.resolve(name)));
    }

    private static void assertSame(Path fileA, Path fileB, int... rooms) throws IOException {
        try (Imatrix a = ImatrixReader.open(fileA); Imatrix b = ImatrixReader.open(fileB)) {
            TensorPair pair = Pairing.of(a, b).pairs().getFirst();
            PairValues.InMemory values = new PairValues.InMemory();
            values.read(pair);
            RankAgreement expected = new RankKernel().of(pair, values);
            for (int room : rooms) {
                assertEquals(expected, new LargeRankKernel((long) room * COLUMN).of(pair), "room for " + room);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 99, 100, 1000, 5000})
    void ranksAsInMemory(int columns) throws IOException {
        float[] one = {1};
        Path a = file("a", one, columns, _ -> Math.exp(3 * random.nextGaussian()));
        Path b = file("b", one, columns, _ -> Math.exp(3 * random.nextGaussian()));
        assertSame(a, b, 2, 7, 64, 1000, 100_000);
    }

    @Test
    void ranksTiesAsInMemory() throws IOException {
        float[] one = {1};
        Path a = file("a", one, 3000, _ -> random.nextInt(4) == 0 ? 0 : random.nextInt(5));
        Path b = file("b", one, 3000, i -> i < 2500 ? 1 : random.nextInt(50));
        assertSame(a, b, 2, 10, 500, 2999);
        assertSame(a, file("equal", one, 3000, _ -> 2), 10);
        assertSame(a, a, 10, 500);
    }

    @Test
    void ranksMeansOfExpertsWithCountsOfTheirOwn() throws IOException {
        float[] counts = {3, 70_000, 1, 0, 12};
        Path a = file("a", counts, 5 * 400, _ -> random.nextInt(100) * 7);
        Path b = file("b", new float[]{5, 1, 0, 4, 9}, 5 * 400, _ -> random.nextInt(100));
        assertSame(a, b, 2, 30, 700);
    }

    @Test
    void ranksExtremes() throws IOException {
        float[] extremes = {0, Float.MIN_VALUE, Float.MIN_NORMAL, 1, Math.nextUp(1f), Math.nextUp(Math.nextUp(1f)),
            Float.MAX_VALUE};
        Path a = file("a", new float[]{3}, 700, i -> extremes[i % 7]);
        Path b = file("b", new float[]{1 << 20}, 700, i -> extremes[(i * i + 3) % 7]);
        assertSame(a, b, 2, 99, 101, 650);
    }

    @Test
    void aTensorThatTheHeapHasNoRoomForHasAllFigures() throws IOException {
        int columns = (int) PairCalculator.mostColumnsInMemory() + 1000;
        Path a = file("a", new float[]{1}, columns, i -> i % 1000 * 1000.0 + i / 1000);
        Path b = file("b", new float[]{2}, columns, i -> i % 1000 * 1000.0 + i / 1000 + 5000);
        try (Imatrix one = ImatrixReader.open(a); Imatrix other = ImatrixReader.open(b)) {
            DistinctPairs pairs = new DistinctPairs(Pairing.of(one, other), SharedInputs.of(one, 2),
                    SharedInputs.of(other, 2), _ -> true);
            Comparison comparison = PairCalculator.compare(pairs, 2, _ -> {
            });
            PairStats tensor = comparison.tensors().getFirst();
            assertTrue(PairStatistic.SPEARMAN.of(tensor) > 0.999999, tensor.agreement().toString());
            assertTrue(tensor.agreement().onePercent() > 0.99, tensor.agreement().toString());
            assertEquals(0, comparison.warnings().size());
        }
    }
}
