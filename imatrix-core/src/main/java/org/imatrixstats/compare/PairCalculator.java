package org.imatrixstats.compare;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.LongConsumer;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.numeric.Comoments;
import org.imatrixstats.numeric.Kernels;
import org.imatrixstats.numeric.Moments;

/**
 * Computes all figures of the tensors of two importance matrices.
 *
 * <p>A first walk takes the sums of both files, a second one the divergence, which needs the sums. Then the columns of one
 * pair after the other are ranked. Pairs that hold the same in both files are walked once.
 */
public final class PairCalculator {
    /** The part of the heap that the ranking of columns may take. */
    private static final double RANKING_SHARE_OF_HEAP = 0.5;

    private final BlockingQueue<RankKernel> rankKernels;
    private final LargeRankKernel largeRanks;
    private final long mostInMemory;

    private PairCalculator(DistinctPairs pairs, int threads) {
        this(pairs, threads, (long) (Runtime.getRuntime().maxMemory() * RANKING_SHARE_OF_HEAP));
    }

    /** Pairs that half of the budget has no room for are ranked in the other half, one at a time. */
    private PairCalculator(DistinctPairs pairs, int threads, long budget) {
        long largest = RankKernel.bytes(pairs.mostElements());
        boolean fits = largest <= budget && pairs.mostElements() <= RankKernel.MOST_COLUMNS;
        this.mostInMemory = Math.min((fits ? budget : budget / 2) / RankKernel.bytes(1), RankKernel.MOST_COLUMNS);
        this.largeRanks = new LargeRankKernel(budget / 2);
        int kernels = fits ? Math.clamp(budget / Math.max(1, largest), 1, threads) : 1;
        this.rankKernels = new ArrayBlockingQueue<>(kernels);
        for (int i = 0; i < kernels; i++) {
            rankKernels.add(new RankKernel());
        }
    }

    /**
     * @param progress told of the values of A whose pairs are done, by one thread at a time
     * @throws FormatException if a file is cut short meanwhile
     */
    public static Comparison compare(DistinctPairs pairs, int threads, LongConsumer progress) throws IOException {
        List<TensorPair> all = pairs.distinct();
        List<Sums> sums = Parallel.fold(DivergenceCalculator.grid(all), threads, Worker::new,
                (worker, part) -> worker.sums(all.get(part.item()), part), Sums::merge, _ -> {
                });
        List<Divergence> divergences = DivergenceCalculator.of(all, sums.stream().map(Sums::energies).toList(), threads,
                _ -> {
                });
        PairCalculator ranks = new PairCalculator(pairs, threads);
        PairStats[] stats = new PairStats[all.size()];
        Parallel.forEach(stats.length, threads, () -> null, (_, i) -> {
            RankAgreement agreement = divergences.get(i).defined()
                    ? ranks.agreement(all.get(i))
                    : RankAgreement.UNDEFINED;
            stats[i] = new PairStats(all.get(i), sums.get(i).a, sums.get(i).b, sums.get(i).comoments.similarity(),
                    divergences.get(i), agreement, null);
            synchronized (progress) {
                progress.accept(all.get(i).a().size());
            }
        });
        return new Comparison(pairs.pairing(),
                pairs.selected().stream().map(pair -> stats[pairs.numberOf(pair)].of(pair)).toList());
    }

    /** The divergences alone, in the order of the pairs: a fraction of the work. */
    public static List<Divergence> divergences(DistinctPairs pairs, int threads, LongConsumer progress)
            throws IOException {
        List<Divergence> divergences = DivergenceCalculator.of(pairs.distinct(), threads,
                part -> progress.accept(part.size()));
        return pairs.selected().stream().map(pair -> divergences.get(pairs.numberOf(pair))).toList();
    }

    /** Sums over the means of both files. */
    private record Sums(Moments a, Moments b, Comoments comoments) {
        Sums merge(Sums other) {
            return new Sums(a.merge(other.a), b.merge(other.b), comoments.merge(other.comoments));
        }

        DivergenceCalculator.Energies energies() {
            return new DivergenceCalculator.Energies(a.min() < 0 ? Double.NaN : a.sum(),
                    b.min() < 0 ? Double.NaN : b.sum());
        }
    }

    /** What belongs to a thread. */
    private static final class Worker {
        private final TensorPair.Buffers buffers = new TensorPair.Buffers();
        private final Kernels kernels = new Kernels();

        Sums sums(TensorPair pair, Partition part) throws FormatException {
            Sums[] sums = {new Sums(Moments.EMPTY, Moments.EMPTY, Comoments.EMPTY)};
            pair.forEachSpan(part, buffers, (a, countA, b, countB, from, to, _) -> sums[0] = sums[0].merge(
                    new Sums(kernels.energy(a, from, to, countA), kernels.energy(b, from, to, countB),
                            kernels.pairs(a, countA, b, countB, from, to))));
            return sums[0];
        }
    }

    private RankAgreement agreement(TensorPair pair) throws IOException {
        if (pair.elements() > mostInMemory) {
            synchronized (largeRanks) {
                return largeRanks.of(pair);
            }
        }
        RankKernel kernel = null;
        try {
            kernel = rankKernels.take();
            return kernel.of(pair);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nothing interrupts this thread", e);
        } finally {
            if (kernel != null) {
                rankKernels.add(kernel);
            }
        }
    }
}
