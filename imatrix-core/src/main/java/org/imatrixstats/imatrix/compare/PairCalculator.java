package org.imatrixstats.imatrix.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.LongConsumer;

import org.imatrixstats.gguf.FormatException;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.Parallel;
import org.imatrixstats.imatrix.stats.Comoments;
import org.imatrixstats.imatrix.stats.Kernels;
import org.imatrixstats.imatrix.stats.Moments;
import org.imatrixstats.imatrix.stats.Similarity;

/**
 * Computes all figures of the tensors of two importance matrices.
 *
 * <p>A pair is walked from its first value to its last by one thread, so that the answer is the same to the bit for any
 * number of threads. Pairs that hold the same in both files are walked once.
 */
public final class PairCalculator {
    /** The part of the heap that the ranking of columns may take. */
    private static final double RANKING_SHARE_OF_HEAP = 0.5;

    private final Map<Input, Integer> inputs = new LinkedHashMap<>();
    private final List<TensorPair> distinct = new ArrayList<>();
    private final PairStats[] stats;
    private final Pairing pairing;
    private final BlockingQueue<RankKernel> rankKernels;
    private final long mostRankable;

    /** The first entries in both files that hold what a pair holds. */
    private record Input(ImatrixEntry a, ImatrixEntry b) {
    }

    private PairCalculator(Pairing pairing, ContentDigest contentsOfA, ContentDigest contentsOfB, int threads) {
        this.pairing = pairing;
        for (TensorPair pair : pairing.pairs()) {
            inputs.computeIfAbsent(new Input(contentsOfA.firstOf(pair.a()), contentsOfB.firstOf(pair.b())), _ -> {
                distinct.add(pair);
                return distinct.size() - 1;
            });
        }
        this.stats = new PairStats[distinct.size()];
        long budget = (long) (Runtime.getRuntime().maxMemory() * RANKING_SHARE_OF_HEAP);
        long largest = RankKernel.bytes(distinct.stream().mapToLong(TensorPair::elements).max().orElse(0));
        this.mostRankable = Math.min(budget / RankKernel.bytes(1), RankKernel.MOST_COLUMNS);
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
    public static Comparison compare(Pairing pairing, ContentDigest contentsOfA, ContentDigest contentsOfB, int threads,
            LongConsumer progress) throws IOException {
        PairCalculator calculator = new PairCalculator(pairing, contentsOfA, contentsOfB, threads);
        Parallel.forEach(calculator.stats.length, threads, calculator::newWorker, (worker, i) -> {
            calculator.stats[i] = worker.stats(calculator.distinct.get(i));
            synchronized (progress) {
                progress.accept(calculator.distinct.get(i).a().size());
            }
        });
        return new Comparison(pairing, calculator.tensors(contentsOfA, contentsOfB));
    }

    private List<PairStats> tensors(ContentDigest contentsOfA, ContentDigest contentsOfB) {
        return pairing.pairs().stream().map(pair -> {
            PairStats first = stats[inputs
                    .get(new Input(contentsOfA.firstOf(pair.a()), contentsOfB.firstOf(pair.b())))];
            return first.pair() == pair
                    ? first
                    : new PairStats(pair, first.a(), first.b(), first.similarity(), first.divergence(),
                            first.agreement(), first.name());
        }).toList();
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
