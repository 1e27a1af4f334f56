package org.imatrixstats.compare;

import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.Comoments;
import org.imatrixstats.numeric.Kernels;
import org.imatrixstats.numeric.Moments;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;

/**
 * Computes all figures of the tensors of two importance matrices: sums over both files, then the divergence, which needs the
 * sums, then the agreement of the order. Pairs that hold the same in both files are walked once.
 *
 * <p>Pairs are read into memory one by one. Those that it has no room for are walked in the files.
 */
public final class PairCalculator {
    /** The part of the heap that the values of pairs and the ranking of their columns may take. */
    private static final double SHARE_OF_HEAP = 0.6;

    private final List<TensorPair> pairs;
    private final PairStats[] stats;
    private final int threads;
    private final LongConsumer progress;

    private PairCalculator(List<TensorPair> pairs, int threads, LongConsumer progress) {
        this.pairs = pairs;
        this.stats = new PairStats[pairs.size()];
        this.threads = threads;
        this.progress = progress;
    }

    /**
     * @param progress told of the values of A whose pairs are done, by one thread at a time
     * @throws FormatException if a file is cut short meanwhile
     */
    public static Comparison compare(DistinctPairs pairs, int threads, LongConsumer progress) throws IOException {
        return compare(pairs, threads, memory(), progress);
    }

    /** The same in so many bytes of memory, or little more. */
    static Comparison compare(DistinctPairs pairs, int threads, long memory, LongConsumer progress)
            throws IOException {
        PairCalculator calculator = new PairCalculator(pairs.distinct(), threads, progress);
        calculator.compare(memory);
        return new Comparison(pairs.pairing(),
                pairs.selected().stream().map(pair -> calculator.stats[pairs.numberOf(pair)].of(pair)).toList());
    }

    /** The divergences alone, in the order of the pairs: a fraction of the work. */
    public static List<Divergence> divergences(DistinctPairs pairs, int threads, LongConsumer progress)
            throws IOException {
        List<Divergence> divergences = DivergenceCalculator.of(pairs.distinct(), threads,
                part -> progress.accept(part.size()));
        return pairs.selected().stream().map(pair -> divergences.get(pairs.numberOf(pair))).toList();
    }

    /** Columns that a thread has room for. */
    static long mostColumnsInMemory() {
        return room(memory());
    }

    private static long memory() {
        return (long) (Runtime.getRuntime().maxMemory() * SHARE_OF_HEAP);
    }

    private static long room(long memory) {
        return Math.min(memory / (PairValues.InMemory.BYTES_PER_COLUMN + RankKernel.BYTES_PER_COLUMN),
                RankKernel.MOST_COLUMNS);
    }

    private void compare(long memory) throws IOException {
        long room = room(memory);
        int[] small = IntStream.range(0, stats.length).filter(i -> pairs.get(i).elements() <= room).toArray();
        int[] large = IntStream.range(0, stats.length).filter(i -> pairs.get(i).elements() > room).toArray();
        long most = IntStream.of(small).mapToLong(i -> pairs.get(i).elements()).max().orElse(0);
        Parallel.forEach(small.length, Math.clamp(room / Math.max(1, most), 1, threads), Worker::new,
                (worker, i) -> compareInMemory(worker, small[i]));
        compareInFiles(large, memory);
    }

    /** What belongs to a thread that compares pairs in memory. */
    private static final class Worker {
        private final PairValues.InMemory values = new PairValues.InMemory();
        private final RankKernel ranks = new RankKernel();
    }

    private void compareInMemory(Worker worker, int i) throws IOException {
        TensorPair pair = pairs.get(i);
        worker.values.read(pair);
        Figures figures = figures(List.of(pair), 1, () -> worker.values).getFirst();
        done(i, figures,
                figures.divergence.defined() ? worker.ranks.of(pair, worker.values) : RankAgreement.UNDEFINED);
    }

    private void compareInFiles(int[] large, long memory) throws IOException {
        if (large.length == 0) {
            return;
        }
        List<Figures> figures = figures(IntStream.of(large).mapToObj(pairs::get).toList(), threads,
                PairValues.FromFiles::new);
        LargeRankKernel ranks = new LargeRankKernel(memory);
        for (int i = 0; i < large.length; i++) {
            done(large[i], figures.get(i), figures.get(i).divergence.defined()
                    ? ranks.of(pairs.get(large[i]))
                    : RankAgreement.UNDEFINED);
        }
    }

    private void done(int i, Figures figures, RankAgreement agreement) {
        TensorPair pair = pairs.get(i);
        stats[i] = new PairStats(pair, figures.sums.a, figures.sums.b, figures.sums.comoments.similarity(),
                figures.divergence, agreement, null);
        synchronized (progress) {
            progress.accept(pair.a().size());
        }
    }

    /** Sums over the means of both files. */
    private record Sums(Moments a, Moments b, Comoments comoments) {
        static final Sums NONE = new Sums(Moments.EMPTY, Moments.EMPTY, Comoments.EMPTY);

        Sums merge(Sums other) {
            return new Sums(a.merge(other.a), b.merge(other.b), comoments.merge(other.comoments));
        }

        DivergenceCalculator.Energies energies() {
            return new DivergenceCalculator.Energies(a.min() < 0 ? Double.NaN : a.sum(),
                    b.min() < 0 ? Double.NaN : b.sum());
        }
    }

    private record Figures(Sums sums, Divergence divergence) {
    }

    /** All figures but the agreement of the order. */
    private static List<Figures> figures(List<TensorPair> pairs, int threads, Supplier<PairValues> values)
            throws IOException {
        List<Sums> sums = Parallel.fold(DivergenceCalculator.grid(pairs), threads, () -> new Summation(values.get()),
                (summation, part) -> summation.of(pairs.get(part.item()), part), Sums::merge, _ -> {
                });
        List<Divergence> divergences = DivergenceCalculator.of(pairs, sums.stream().map(Sums::energies).toList(),
                values, threads, _ -> {
                });
        return IntStream.range(0, pairs.size()).mapToObj(i -> new Figures(sums.get(i), divergences.get(i))).toList();
    }

    /** Takes sums on one thread. */
    private static final class Summation {
        private final PairValues values;
        private final Kernels kernels = new Kernels();

        Summation(PairValues values) {
            this.values = values;
        }

        Sums of(TensorPair pair, Partition part) throws FormatException {
            Sums[] sums = {Sums.NONE};
            values.forEachSpan(pair, part, (a, countA, b, countB, from, to, _) -> sums[0] = sums[0].merge(
                    new Sums(kernels.entropy(a, from, to, countA), kernels.entropy(b, from, to, countB),
                            kernels.pairs(a, countA, b, countB, from, to))));
            return sums[0];
        }
    }
}
