package org.imatrixstats.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.ContentHash;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.imatrix.Troubles;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.Comoments;
import org.imatrixstats.numeric.Kernels;
import org.imatrixstats.numeric.Moments;
import org.imatrixstats.numeric.Similarity;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorName;

/**
 * Computes all figures of an importance matrix.
 *
 * <p>Entries that hold the same are walked once. A first walk takes the sums, hashes the content, and compares each entry
 * with the one of the earlier layer while its values are at hand. What is above one σ, which needs mean and deviation, is counted right after it
 * in entries of a single part, and by a second walk in larger ones.
 */
public final class StatsCalculator {
    private final Imatrix imatrix;
    private final SharedInputs inputs;
    private final ExpertCounts expertCounts;
    private final int threads;
    private final LongConsumer walked;
    private final List<ValueVisitor<?>> visitors;
    private final Map<ImatrixEntry, Sums> sums = new HashMap<>();
    private final Map<ImatrixEntry, Long> aboveOneSigma = new ConcurrentHashMap<>();
    private final Map<Pair, Similarity> similarities = new HashMap<>();

    private StatsCalculator(Imatrix imatrix, SharedInputs inputs, OptionalInt expertsGiven, int threads,
            LongConsumer walked, List<ValueVisitor<?>> visitors) {
        this.imatrix = imatrix;
        this.inputs = inputs;
        this.expertCounts = new ExpertCounts(imatrix, expertsGiven);
        this.threads = threads;
        this.walked = walked;
        this.visitors = visitors;
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
     * The same, telling how many more values were walked, one thread at a time; together they are not more than the values
     * of the file.
     */
    public static Report report(Imatrix imatrix, OptionalInt experts, int threads, LongConsumer walked)
            throws IOException {
        return report(imatrix, SharedInputs.of(imatrix, threads), experts, threads, walked, List.of());
    }

    /**
     * The same where it is known what the entries share.
     *
     * @param visitors look at the values during the walk
     */
    public static Report report(Imatrix imatrix, SharedInputs inputs, OptionalInt experts, int threads,
            LongConsumer walked, List<ValueVisitor<?>> visitors) throws IOException {
        return new StatsCalculator(imatrix, inputs, experts, threads, walked, List.copyOf(visitors)).report();
    }

    /** What is collected over one entry, and over the pair of it and the earlier one. */
    private record Sums(Moments energy, Moments activation, Comoments withEarlier, ContentHash content,
            List<Found<?>> found) {
        Sums merge(Sums other) {
            return new Sums(energy.merge(other.energy), activation.merge(other.activation),
                    withEarlier.merge(other.withEarlier), content.merge(other.content), merged(other.found));
        }

        private List<Found<?>> merged(List<Found<?>> later) {
            List<Found<?>> all = new ArrayList<>();
            for (int i = 0; i < found.size(); i++) {
                all.add(found.get(i).merge(later.get(i)));
            }
            return all;
        }
    }

    /** What a visitor found. */
    private record Found<S>(ValueVisitor<S> visitor, S found) {
        static <S> Found<S> begin(ValueVisitor<S> visitor, ImatrixEntry entry) {
            return new Found<>(visitor, visitor.begin(entry));
        }

        void visit(Block block, float[] squares, float[] sums) {
            visitor.visit(found, block, squares, sums);
        }

        @SuppressWarnings("unchecked")
        Found<S> merge(Found<?> later) {
            return new Found<>(visitor, visitor.merge(found, (S) later.found));
        }

        void end(ImatrixEntry entry) {
            visitor.end(entry, found);
        }
    }

    /** Two entries that are compared; each the first of those that hold the same. */
    private record Pair(ImatrixEntry entry, ImatrixEntry previous) {
        boolean byActivation() {
            return entry.hasInSum() && previous.hasInSum();
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
        List<Sums> all = fold(distinct, (worker, part) -> sums(worker, distinct.get(part.item()), part), Sums::merge,
                part -> walked.accept(part.size()));
        for (int i = 0; i < all.size(); i++) {
            ImatrixEntry entry = distinct.get(i);
            all.get(i).found.forEach(found -> found.end(entry));
            sums.put(entry, all.get(i));
            Pair pair = pair(distinct.get(i));
            if (pair != null) {
                similarities.put(pair, all.get(i).withEarlier.similarity());
            }
        }
        List<ImatrixEntry> large = distinct.stream().filter(entry -> !aboveOneSigma.containsKey(entry)).toList();
        List<Long> above = fold(large, (worker, part) -> aboveOneSigma(worker, large.get(part.item()),
                sums.get(large.get(part.item())).energy, part), Long::sum, _ -> {
                });
        for (int i = 0; i < above.size(); i++) {
            aboveOneSigma.put(large.get(i), above.get(i));
        }
        // Entries that hold what another of their layer does, but come after one that does not.
        List<Pair> others = entries.stream().map(this::pair)
                .filter(pair -> pair != null && !similarities.containsKey(pair)).distinct().toList();
        List<Comoments> compared = fold(others.stream().map(Pair::entry).toList(),
                (worker, part) -> compared(worker, others.get(part.item()), part), Comoments::merge, _ -> {
                });
        for (int i = 0; i < compared.size(); i++) {
            similarities.put(others.get(i), compared.get(i).similarity());
        }
        List<TensorStats> tensors = entries.stream().map(this::tensor).toList();
        Standings.of(tensors).forEach(TensorStats::standing);
        ContentDigest digest = ContentDigest.murmur3(imatrix, entry -> sums.get(inputs.firstOf(entry)).content);
        return Report.of(digest, tensors, expertCounts.notes(),
                Stream.concat(bigEndian(), warnings(tensors).stream()).toList());
    }

    // ---- walking the values

    /** What belongs to a thread. */
    private static final class Worker {
        final Kernels kernels = new Kernels();
        final float[] values = new float[Partition.BLOCK];
        final float[] others = new float[Partition.BLOCK];
        final float[] sums = new float[Partition.BLOCK];
    }

    private <S> List<S> fold(List<ImatrixEntry> entries, Parallel.PartSums<Worker, S> sums, BinaryOperator<S> merge,
            Consumer<Partition> done) throws IOException {
        return Parallel.fold(Partition.grid(entries, ImatrixEntry::experts, ImatrixEntry::columns), threads,
                Worker::new,
                sums, merge, done);
    }

    private Sums sums(Worker worker, ImatrixEntry entry, Partition part) throws FormatException {
        Pair pair = pair(entry);
        Moments energy = Moments.EMPTY;
        Moments activation = Moments.EMPTY;
        Comoments withEarlier = Comoments.EMPTY;
        ContentHash content = new ContentHash(entry);
        List<Found<?>> found = new ArrayList<>();
        visitors.forEach(visitor -> found.add(Found.begin(visitor, entry)));
        for (Block block : part) {
            imatrix.inSum2(entry, block.start(), worker.values, block.length());
            content.addSquares(block, worker.values);
            for (Block.Span row : block) {
                if (entry.count(row) > 0) {
                    energy = energy.merge(worker.kernels.energy(worker.values, row.from(), row.to(), entry.count(row)));
                }
            }
            if (!found.isEmpty()) {
                visit(worker, entry, block, found);
            }
            if (pair != null && !pair.byActivation()) {
                withEarlier = compared(worker, pair, block, withEarlier);
            }
            if (entry.hasInSum()) {
                imatrix.inSum(entry, block.start(), worker.values, block.length());
                content.addSums(block, worker.values);
                for (Block.Span row : block) {
                    if (entry.count(row) > 0) {
                        activation = activation
                                .merge(worker.kernels.central(worker.values, row.from(), row.to(), entry.count(row)));
                    }
                }
                if (pair != null && pair.byActivation()) {
                    withEarlier = compared(worker, pair, block, withEarlier);
                }
            }
        }
        if (part.rows() == entry.experts()) {
            aboveOneSigma.put(entry, aboveOneSigma(worker, entry, energy, part));
        }
        return new Sums(energy, activation, withEarlier, content, found);
    }

    private void visit(Worker worker, ImatrixEntry entry, Block block, List<Found<?>> found) throws FormatException {
        if (entry.hasInSum()) {
            imatrix.inSum(entry, block.start(), worker.sums, block.length());
        }
        found.forEach(each -> each.visit(block, worker.values, worker.sums));
    }

    private long aboveOneSigma(Worker worker, ImatrixEntry entry, Moments energy, Partition part)
            throws FormatException {
        double stddev = energy.stddev();
        if (!energy.defined() || stddev == 0) {
            return 0;
        }
        long above = 0;
        for (Block block : part) {
            imatrix.inSum2(entry, block.start(), worker.values, block.length());
            for (Block.Span row : block) {
                above += entry.count(row) == 0
                        ? 0
                        : Kernels.aboveOneSigma(worker.values, row.from(), row.to(), entry.count(row), energy.mean(),
                                stddev);
            }
        }
        return above;
    }

    private Comoments compared(Worker worker, Pair pair, Partition part) throws FormatException {
        Comoments comoments = Comoments.EMPTY;
        for (Block block : part) {
            read(pair, pair.entry, block.start(), worker.values, block.length());
            comoments = compared(worker, pair, block, comoments);
        }
        return comoments;
    }

    /** Compares the values of the entry, which the worker holds, with those of the other; adds to the comoments so far. */
    private Comoments compared(Worker worker, Pair pair, Block block, Comoments comoments) throws FormatException {
        read(pair, pair.previous, block.start(), worker.others, block.length());
        Comoments all = comoments;
        for (Block.Span row : block) {
            long count = pair.entry.count(row);
            Block values = new Block(block.start() + row.from(), row.length(), pair.previous.columns());
            for (Block.Span other : values) {
                long otherCount = pair.previous.count(other);
                if (count > 0 && otherCount > 0) {
                    all = all.merge(worker.kernels.pairs(worker.values, count, worker.others, otherCount,
                            row.from() + other.from(), row.from() + other.to()));
                }
            }
        }
        return all;
    }

    private void read(Pair pair, ImatrixEntry entry, long from, float[] into, int length) throws FormatException {
        if (pair.byActivation()) {
            imatrix.inSum(entry, from, into, length);
        } else {
            imatrix.inSum2(entry, from, into, length);
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
        double zScoreDensity = sums.energy.defined() ? aboveOneSigma.get(first) / (double) sums.energy.n() : Double.NaN;
        return new TensorStats(entry, sums.energy, entry.hasInSum() ? sums.activation : null, zScoreDensity,
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
                previous.defined() ? previous.sum() : Double.NaN, previous.n());
    }

    private Stream<String> bigEndian() {
        return imatrix.isBigEndian()
                ? Stream.of(
                        "is in big-endian order, which llama.cpp refuses on machines of the other order, such as x86 and"
                                + " ARM; imatrix-stats convert writes it in little-endian order")
                : Stream.of();
    }

    /** A sentence per sort of trouble, with the first tensor that has it. */
    private static List<String> warnings(List<TensorStats> tensors) {
        return Troubles.warnings(tensors, TensorStats::name, StatsCalculator::trouble);
    }

    private static String trouble(TensorStats tensor) {
        if (tensor.elements() == 0) {
            return "no data, figures are undefined";
        }
        if (!tensor.energy.defined()) {
            return "NaN or infinite values, figures are undefined";
        }
        if (tensor.hasActivation() && !tensor.activation.defined()) {
            return "NaN or infinite sums of x, figures of E[x] are undefined";
        }
        return tensor.energy.min() < 0 ? "negative sums of squares, entropy is undefined" : null;
    }
}
