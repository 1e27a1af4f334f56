package org.imatrixstats.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.stats.ColumnDistribution;

/**
 * Where the columns of a tensor lie by their E[x²] in two files: a scatter plot, counted in squares.
 *
 * @param tensor      what it is of
 * @param halfOctaves the side of a square: so many bins of {@link ColumnDistribution} together
 * @param cells       squares that hold columns, by their place in A, then in B
 * @param zeros       columns that are 0 in A or in B, and in no cell
 */
public record ColumnDensity(PairStats tensor, int halfOctaves, List<Cell> cells, long zeros) {
    /** So many columns are in square {@code a} in A and {@code b} in B, counted from E[x²] = 1. */
    public record Cell(int a, int b, long count) {
    }

    public ColumnDensity {
        cells = List.copyOf(cells);
    }

    /** The same with squares of twice the side. */
    public ColumnDensity coarser() {
        Map<List<Integer>, Long> counts = new TreeMap<>(Comparator.<List<Integer>>comparingInt(List::getFirst)
                .thenComparingInt(List::getLast));
        cells.forEach(cell -> counts.merge(List.of(Math.floorDiv(cell.a, 2), Math.floorDiv(cell.b, 2)), cell.count,
                Long::sum));
        return new ColumnDensity(tensor, 2 * halfOctaves, counts.entrySet().stream()
                .map(square -> new Cell(square.getKey().getFirst(), square.getKey().getLast(), square.getValue()))
                .toList(), zeros);
    }

    /**
     * The densities, in squares of half an octave, of the tensors of a comparison, but for those without figures, or with
     * what an earlier tensor of the layer holds.
     *
     * @throws FormatException if a file is cut short meanwhile
     */
    public static List<ColumnDensity> of(Comparison comparison, int threads) throws IOException {
        List<PairStats> tensors = comparison.tensors().stream()
                .filter(tensor -> tensor.defined() && tensor.sameInputAs() == null).toList();
        ColumnDensity[] densities = new ColumnDensity[tensors.size()];
        Parallel.forEach(densities.length, threads, Counter::new,
                (counter, i) -> densities[i] = counter.density(tensors.get(i)));
        return List.of(densities);
    }

    /** What belongs to a thread. */
    private static final class Counter {
        private static final int FIRST = ColumnDistribution.bin(Float.MIN_VALUE);
        private static final int BINS = ColumnDistribution.bin(Float.MAX_VALUE) - FIRST + 1;

        private final PairValues.FromFiles values = new PairValues.FromFiles();
        private final long[] counts = new long[BINS * BINS];
        private long zeros;

        private ColumnDensity density(PairStats tensor) throws FormatException {
            Arrays.fill(counts, 0);
            zeros = 0;
            values.forEachSpan(tensor.pair(), tensor.pair().values(), (a, countA, b, countB, from, to, _) -> {
                for (int i = from; i < to; i++) {
                    add((float) (a[i] / countA), (float) (b[i] / countB));
                }
            });
            List<Cell> cells = new ArrayList<>();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    cells.add(new Cell(FIRST + i / BINS, FIRST + i % BINS, counts[i]));
                }
            }
            return new ColumnDensity(tensor, 1, cells, zeros);
        }

        private void add(float a, float b) {
            if (a > 0 && b > 0) {
                counts[(ColumnDistribution.bin(a) - FIRST) * BINS + ColumnDistribution.bin(b) - FIRST]++;
            } else {
                zeros++;
            }
        }
    }
}
