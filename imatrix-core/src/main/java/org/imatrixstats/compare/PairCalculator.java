package org.imatrixstats.compare;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.LongConsumer;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.stats.Comoments;
import org.imatrixstats.stats.Kernels;
import org.imatrixstats.stats.Moments;
import org.imatrixstats.stats.Similarity;

/**
 * Computes all figures of the tensors of two importance matrices.
 *
 * <p>A pair is walked from its first value to its last by one thread, so that the answer is the same to the bit for any
 * number of threads. Pairs that hold the same in both files are walked once.
 */
public final class PairCalculator {
    /** The part of the heap that the ranking of columns may take. */
    private static final double RANKING_SHARE_OF_HEAP = 0.5;

    private final DistinctPairs pairs;
    private final BlockingQueue<RankKernel> rankKernels;
    private final long mostRankable;

    private PairCalculator(DistinctPairs pairs, int threads) {
        this.pairs = pairs;
        long budget = (long) (Runtime.getRuntime().maxMemory() * RANKING_SHARE_OF_HEAP);
        this.mostRankable = Math.min(budget / RankKernel.bytes(1), RankKernel.MOST_COLUMNS);
        long largest = RankKernel.bytes(pairs.mostElements());
        int kernels = Math.clamp(budget / Math.max(1, largest), 1, threads);
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
        PairCalculator calculator = new PairCalculator(pairs, threads);
        PairStats[] stats = new PairStats[pairs.size()];
        Parallel.forEach(stats.length, threads, calculator::newWorker, (worker, i) -> {
            stats[i] = worker.stats(pairs.get(i));
            advance(progress, pairs.get(i));
        });
        return new Comparison(pairs.pairing(),
                pairs.selected().stream().map(pair -> stats[pairs.numberOf(pair)].of(pair)).toList());
    }

    /** The divergences alone, in the order of the pairs: a fraction of the work. */
    public static List<Divergence> divergences(DistinctPairs pairs, int threads, LongConsumer progress)
            throws IOException {
        Divergence[] divergences = new Divergence[pairs.size()];
        Parallel.forEach(divergences.length, threads, DivergenceKernel::new, (kernel, i) -> {
            divergences[i] = kernel.of(pairs.get(i));
            advance(progress, pairs.get(i));
        });
        return pairs.selected().stream().map(pair -> divergences[pairs.numberOf(pair)]).toList();
    }

    private static void advance(LongConsumer progress, TensorPair pair) {
        synchronized (progress) {
            progress.accept(pair.a().size());
        }
    }

    private Worker newWorker() {
        return new Worker();
    }

    /** What belongs to a thread. */
    private final class Worker {
        private final TensorPair.Buffers buffers = new TensorPair.Buffers();
        private final Kernels kernels = new Kernels();
        private final DivergenceKernel divergenceKernel = new DivergenceKernel(buffers);

        private PairStats stats(TensorPair pair) throws FormatException {
            Moments a = new Moments();
            Moments b = new Moments();
            Comoments comoments = new Comoments();
            pair.forEachSpan(buffers, (valuesA, countA, valuesB, countB, from, to, _) -> {
                kernels.energy(valuesA, from, to, countA, a);
                kernels.energy(valuesB, from, to, countB, b);
                kernels.pairs(valuesA, countA, valuesB, countB, from, to, comoments);
            });
            Similarity similarity = comoments.similarity();
            Divergence divergence = divergenceKernel.of(pair, sum(a), sum(b));
            return new PairStats(pair, a, b, similarity, divergence,
                    divergence.defined() ? agreement(pair) : RankKernel.Agreement.UNDEFINED, null);
        }

        private static double sum(Moments moments) {
            return moments.min() < 0 ? Double.NaN : moments.sum();
        }

        private RankKernel.Agreement agreement(TensorPair pair) throws FormatException {
            if (pair.elements() > mostRankable) {
                return RankKernel.Agreement.UNDEFINED;
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
}
