package org.imatrixstats.imatrix.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.imatrixstats.gguf.FormatException;
import org.imatrixstats.imatrix.Parallel;
import org.imatrixstats.imatrix.compare.TensorPair.Buffers;
import org.imatrixstats.imatrix.stats.ColumnDistribution;

/**
 * Where the columns of a tensor lie by their E[x²] in two files: a scatter plot, counted in squares of half an octave by half
 * an octave, the bins of {@link ColumnDistribution}.
 *
 * @param tensor what it is of
 * @param cells  those that hold columns, by bin in A, then in B
 * @param zeros  columns that are 0 in A or in B, and in no cell
 */
public record ColumnDensity(PairStats tensor, List<Cell> cells, long zeros) {
    /** So many columns are in bin {@code a} in A and in bin {@code b} in B. */
    public record Cell(int a, int b, long count) {
    }

    public ColumnDensity {
        cells = List.copyOf(cells);
    }

    /**
     * The densities of the tensors of a comparison, but for those without figures, or with what an earlier tensor of the
     * layer holds.
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

        private final Buffers buffers = new Buffers();
        private final long[] counts = new long[BINS * BINS];
        private long zeros;

        private ColumnDensity density(PairStats tensor) throws FormatException {
            Arrays.fill(counts, 0);
            zeros = 0;
            tensor.pair().forEachSpan(buffers, (a, countA, b, countB, from, to, _) -> {
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
            return new ColumnDensity(tensor, cells, zeros);
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
