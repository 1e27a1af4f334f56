package org.imatrixstats.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.imatrix.Troubles;

/**
 * Computes all figures of an importance matrix.
 *
 * <p>An entry is walked from its first value to its last by one thread, block by block, so that the answer is the same to
 * the bit for any number of threads. Entries that hold the same are walked once.
 */
public final class StatsCalculator {
    /** Values per block: what stays in the second-level cache while several loops pass over it. */
    private static final int BLOCK = 1 << 16;

    private final Imatrix imatrix;
    private final SharedInputs inputs;
    private final ExpertCounts expertCounts;
    private final int threads;
    private final LongConsumer walked;
    private final Map<ImatrixEntry, Sums> sums = new ConcurrentHashMap<>();
    private final Map<Pair, Similarity> similarities = new ConcurrentHashMap<>();

    private StatsCalculator(Imatrix imatrix, SharedInputs inputs, OptionalInt expertsGiven, int threads,
            LongConsumer walked) {
        this.imatrix = imatrix;
        this.inputs = inputs;
        this.expertCounts = new ExpertCounts(imatrix, expertsGiven);
        this.threads = threads;
        this.walked = walked;
    }

    /**
     * The figures of every tensor, layer and kind; the number of experts is inferred where the file does not store it.
     *
     * @throws FormatException if the file is cut short meanwhile
     */
    public static Report report(Imatrix imatrix, int threads) throws IOException {
        return report(imatrix, OptionalInt.empty(), threads);
    }

    /** The same with the number of experts given. */
    public static Report report(Imatrix imatrix, OptionalInt experts, int threads) throws IOException {
        return report(imatrix, experts, threads, _ -> {
        });
    }

    /**
     * The same, telling how many more values were walked after each entry, on any thread; together they are not more than
     * the values of the file.
     */
    public static Report report(Imatrix imatrix, OptionalInt experts, int threads, LongConsumer walked)
            throws IOException {
        return new StatsCalculator(imatrix, SharedInputs.of(imatrix, threads), experts, threads, walked).report();
    }

    /** What is collected over one entry. */
    private record Sums(Moments energy, Moments activation, long aboveOneSigma) {
    }

    /** Two entries that are compared; each the first of those that hold the same. */
    private record Pair(ImatrixEntry entry, ImatrixEntry previous) {
        boolean byActivation() {
            return entry.hasSums() && previous.hasSums();
        }

        // Those of a record are put together when first used, which takes as long as to walk a small file.
        @Override
        public boolean equals(Object other) {
            return other instanceof Pair pair && entry == pair.entry && previous == pair.previous;
        }

        @Override
        public int hashCode() {
            return 31 * entry.hashCode() + previous.hashCode();
        }
    }

    private Report report() throws IOException {
        List<ImatrixEntry> entries = new ArrayList<>(imatrix.entries().values());
        entries.sort((a, b) -> TensorName.BY_LAYER.compare(a.name(), b.name()));
        List<ImatrixEntry> distinct = entries.stream().filter(entry -> inputs.firstOf(entry) == entry).toList();
        Parallel.forEach(distinct.size(), threads, Worker::new,
                (worker, i) -> walk(worker, distinct.get(i), pair(distinct.get(i))));
        // Entries that hold what another of their layer does, but come after one that does not.
        List<Pair> others = entries.stream().map(this::pair)
                .filter(pair -> pair != null && !similarities.containsKey(pair)).distinct().toList();
        Parallel.forEach(others.size(), threads, Worker::new, (worker, i) -> compare(worker, others.get(i)));
        List<TensorStats> tensors = entries.stream().map(this::tensor).toList();
        Standing.of(tensors).forEach(TensorStats::standing);
        return Report.of(ContentDigest.of(imatrix, inputs, threads), tensors, expertCounts.notes(), warnings(tensors));
    }

    // ---- walking the values

    /** What belongs to a thread. */
    private static final class Worker {
        final Kernels kernels = new Kernels();
        final float[] values = new float[BLOCK];
        final float[] others = new float[BLOCK];
    }

    @FunctionalInterface
    private interface Block {
        void take(long from, int length) throws FormatException;
    }

    private static void forEachBlock(ImatrixEntry entry, Block block) throws FormatException {
        for (long from = 0; from < entry.size(); from += BLOCK) {
            block.take(from, (int) Math.min(BLOCK, entry.size() - from));
        }
    }

    @FunctionalInterface
    private interface Span {
        /** Columns {@code from} to {@code to} of a block, which share a count. */
        void take(int from, int to, long count);
    }

    private static void forEachSpanWithData(ImatrixEntry entry, long start, int length, Span span) {
        long columns = entry.columns();
        for (int from = 0; from < length;) {
            int expert = (int) ((start + from) / columns);
            int to = (int) Math.min(length, (expert + 1) * columns - start);
            if (entry.count(expert) > 0) {
                span.take(from, to, entry.count(expert));
            }
            from = to;
        }
    }

    /** Takes the sums over an entry and, while its values are at hand, over it and the one it is compared with. */
    private void walk(Worker worker, ImatrixEntry entry, Pair pair) throws FormatException {
        float[] values = worker.values;
        Moments energy = new Moments();
        Moments activation = new Moments();
        Comoments comoments = new Comoments();
        forEachBlock(entry, (start, length) -> {
            imatrix.squares(entry, start, values, length);
            forEachSpanWithData(entry, start, length,
                    (from, to, count) -> worker.kernels.energy(values, from, to, count, energy));
            if (pair != null && !pair.byActivation()) {
                compareBlock(worker, pair, start, length, comoments);
            }
        });
        if (entry.hasSums()) {
            forEachBlock(entry, (start, length) -> {
                imatrix.sums(entry, start, values, length);
                forEachSpanWithData(entry, start, length,
                        (from, to, count) -> worker.kernels.central(values, from, to, count, activation));
                if (pair != null && pair.byActivation()) {
                    compareBlock(worker, pair, start, length, comoments);
                }
            });
        }
        sums.put(entry, new Sums(energy, activation, aboveOneSigma(worker, entry, energy)));
        if (pair != null) {
            similarities.put(pair, comoments.similarity());
        }
        walked.accept(entry.size());
    }

    private long aboveOneSigma(Worker worker, ImatrixEntry entry, Moments energy) throws FormatException {
        double stddev = energy.stddev();
        if (!energy.defined() || stddev == 0) {
            return 0;
        }
        long[] above = new long[1];
        forEachBlock(entry, (start, length) -> {
            imatrix.squares(entry, start, worker.values, length);
            forEachSpanWithData(entry, start, length, (from, to, count) -> above[0] += Kernels
                    .aboveOneSigma(worker.values, from, to, count, energy.mean, stddev));
        });
        return above[0];
    }

    private void compare(Worker worker, Pair pair) throws FormatException {
        Comoments comoments = new Comoments();
        forEachBlock(pair.entry, (start, length) -> {
            read(pair, pair.entry, start, worker.values, length);
            compareBlock(worker, pair, start, length, comoments);
        });
        similarities.put(pair, comoments.similarity());
    }

    /** Compares the values of the entry, which the worker holds, with those of the other. */
    private void compareBlock(Worker worker, Pair pair, long start, int length, Comoments comoments)
            throws FormatException {
        read(pair, pair.previous, start, worker.others, length);
        forEachSpanWithData(pair.entry, start, length, (from, to, count) -> forEachSpanWithData(pair.previous,
                start + from, to - from, (first, last, otherCount) -> worker.kernels.pairs(worker.values, count,
                        worker.others, otherCount, from + first, from + last, comoments)));
    }

    private void read(Pair pair, ImatrixEntry entry, long from, float[] into, int length) throws FormatException {
        if (pair.byActivation()) {
            imatrix.sums(entry, from, into, length);
        } else {
            imatrix.squares(entry, from, into, length);
        }
    }

    // ---- putting it together

    /** An entry and the one it is compared with; null if there is none of its size. */
    private Pair pair(ImatrixEntry entry) {
        ImatrixEntry previous = imatrix.earlier(entry);
        return previous == null || previous.size() != entry.size()
                ? null
                : new Pair(inputs.firstOf(entry), inputs.firstOf(previous));
    }

    private TensorStats tensor(ImatrixEntry entry) {
        ImatrixEntry first = inputs.firstOf(entry);
        Sums sums = this.sums.get(first);
        double zScoreDensity = sums.energy.defined() ? sums.aboveOneSigma / (double) sums.energy.n : Double.NaN;
        return new TensorStats(entry, sums.energy, entry.hasSums() ? sums.activation : null, zScoreDensity,
                earlier(entry), first == entry ? null : first.name(), expertCounts.of(entry));
    }

    private TensorStats.Earlier earlier(ImatrixEntry entry) {
        Pair pair = pair(entry);
        if (pair == null || similarities.get(pair).n() == 0) {
            return null;
        }
        Moments previous = sums.get(pair.previous).energy;
        return new TensorStats.Earlier(imatrix.earlier(entry).name(),
                pair.byActivation() ? TensorStats.Basis.ACTIVATION : TensorStats.Basis.ENERGY, similarities.get(pair),
                previous.defined() ? previous.sum : Double.NaN, previous.n);
    }

    /** A sentence per sort of trouble, with the first tensor that has it. */
    private static List<String> warnings(List<TensorStats> tensors) {
        return Troubles.warnings(tensors, TensorStats::name, StatsCalculator::trouble);
    }

    private static String trouble(TensorStats tensor) {
        if (tensor.elements() == 0) {
            return "holds no data, its figures are undefined";
        }
        if (!tensor.energy.defined()) {
            return "holds values that are NaN or infinite, its figures are undefined";
        }
        if (tensor.hasActivation() && !tensor.activation.defined()) {
            return "holds sums of x that are NaN or infinite, figures of E[x] are undefined";
        }
        return tensor.energy.min < 0 ? "holds negative sums of squares, its entropy is undefined" : null;
    }
}
