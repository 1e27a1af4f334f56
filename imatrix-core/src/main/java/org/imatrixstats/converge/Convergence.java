package org.imatrixstats.converge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.compare.Divergence;
import org.imatrixstats.compare.DivergenceCalculator;
import org.imatrixstats.compare.Pairing;
import org.imatrixstats.compare.TensorPair;

/**
 * How the snapshots of a run near the last, and what error the last still has.
 *
 * @param series  the run
 * @param tensors by layer
 */
public record Convergence(SnapshotSeries series, List<TensorConvergence> tensors) {
    /** With fewer points, a slope says nothing. */
    private static final int LEAST_FOR_SLOPE = 3;
    /** Batches, of which there are as many as snapshots, that a spread needs to be more than a hint. */
    public static final int ENOUGH_BATCHES = 4;

    public Convergence {
        tensors = List.copyOf(tensors);
    }

    /**
     * Reads every snapshot a few times, in blocks: nothing is held in memory but a block of each per thread. Tensors that
     * hold the same in every snapshot are looked at once.
     *
     * @param selection the tensors to look at; the others are not read
     * @param progress  is told of values dealt with, {@link #work} in all, by any thread
     * @throws org.imatrixstats.imatrix.ImatrixException if a sum falls from one snapshot to the next
     */
    public static Convergence of(SnapshotSeries series, Predicate<TensorName> selection, int threads,
            LongConsumer progress) throws IOException {
        List<List<TensorName>> inputs = series.inputs(selection, threads);
        List<ImatrixEntry> entries = inputs.stream().map(input -> series.last().entry(input.getFirst().name()))
                .toList();
        List<Partition> grid = Partition.grid(entries, ImatrixEntry::experts, ImatrixEntry::columns);
        List<BatchSpread.Sums> sums = Parallel.fold(grid, threads, () -> new BatchSpread(series),
                (spread, part) -> spread.of(entries.get(part.item()).name().name(), part), BatchSpread.Sums::merge,
                part -> progress.accept(part.size() * inputs.get(part.item()).size()));
        Pairs pairs = Pairs.of(series);
        List<TensorPair> ofInputs = inputs.stream().flatMap(input -> pairs.of(input.getFirst().name())).toList();
        List<TensorPair> present = ofInputs.stream().filter(Objects::nonNull).toList();
        Share share = new Share(inputs.stream().mapToLong(input -> values(series, input)).sum(),
                present.stream().mapToLong(pair -> pair.a().size()).sum(), progress);
        Iterator<Divergence> known = DivergenceCalculator.of(present, threads, part -> share.add(part.size()))
                .iterator();
        TensorConvergence[] firsts = new TensorConvergence[inputs.size()];
        for (int i = 0; i < firsts.length; i++) {
            TensorName name = inputs.get(i).getFirst();
            double[] divergences = pairs.of(name.name())
                    .mapToDouble(pair -> pair == null ? Double.NaN : known.next().jensenShannon()).toArray();
            double[] toLast = pairs.toLast(divergences);
            firsts[i] = new TensorConvergence(name, series.rows(name), toLast, pairs.toPrevious(divergences, toLast),
                    sums.get(i).error(entries.get(i)), null);
        }
        return new Convergence(series, IntStream.range(0, firsts.length).boxed()
                .flatMap(i -> inputs.get(i).stream().map(firsts[i]::of))
                .sorted((a, b) -> TensorName.BY_LAYER.compare(a.name(), b.name())).toList());
    }

    /** Tells of the values of all pairs as if each tensor had one pair. */
    private static final class Share {
        private final long total;
        private final long ofPairs;
        private final LongConsumer progress;
        private long done;
        private long told;

        Share(long total, long ofPairs, LongConsumer progress) {
            this.total = total;
            this.ofPairs = ofPairs;
            this.progress = progress;
        }

        void add(long values) {
            done += values;
            long now = (long) ((double) total * done / ofPairs);
            progress.accept(now - told);
            told = now;
        }
    }

    private static long values(SnapshotSeries series, List<TensorName> tensors) {
        return tensors.stream().mapToLong(tensor -> series.last().entry(tensor.name()).size()).sum();
    }

    /** What {@link #of} tells its progress of, in all. */
    public static long work(SnapshotSeries series, Predicate<TensorName> selection) {
        return 2 * values(series, series.tensors().stream().filter(selection).toList());
    }

    /** The tensors of each snapshot beside those of the last, and beside those of the next. */
    private record Pairs(List<Map<String, TensorPair>> withLast, List<Map<String, TensorPair>> withNext) {
        static Pairs of(SnapshotSeries series) throws FormatException {
            List<Snapshot> snapshots = series.snapshots();
            List<Map<String, TensorPair>> withLast = new ArrayList<>();
            List<Map<String, TensorPair>> withNext = new ArrayList<>();
            for (int i = 0; i < snapshots.size() - 1; i++) {
                withLast.add(pairs(snapshots.get(i), series.last()));
                if (i < snapshots.size() - 2) {
                    withNext.add(pairs(snapshots.get(i), snapshots.get(i + 1)));
                }
            }
            return new Pairs(withLast, withNext);
        }

        private static Map<String, TensorPair> pairs(Snapshot a, Snapshot b) throws FormatException {
            Map<String, TensorPair> pairs = new TreeMap<>();
            Pairing.of(a.imatrix(), b.imatrix()).pairs().forEach(pair -> pairs.put(pair.name().name(), pair));
            return pairs;
        }

        /** Those of a tensor with the last snapshot, and then those with the next; null where one of them lacks it. */
        Stream<TensorPair> of(String tensor) {
            return Stream.of(withLast, withNext).flatMap(List::stream).map(pairs -> pairs.get(tensor));
        }

        double[] toLast(double[] divergences) {
            double[] toLast = Arrays.copyOf(divergences, withLast.size() + 1);
            boolean defined = DoubleStream.of(toLast).limit(withLast.size()).anyMatch(each -> !Double.isNaN(each));
            toLast[withLast.size()] = defined ? 0 : Double.NaN;
            return toLast;
        }

        /** The next of the last but one is the last: that is known already. */
        double[] toPrevious(double[] divergences, double[] toLast) {
            double[] toPrevious = new double[toLast.length];
            toPrevious[0] = Double.NaN;
            System.arraycopy(divergences, withLast.size(), toPrevious, 1, withNext.size());
            toPrevious[toLast.length - 1] = toLast[toLast.length - 2];
            return toPrevious;
        }
    }

    // ---- rolled up

    public int snapshots() {
        return series.snapshots().size();
    }

    /** The divergence of a snapshot to the last, over tensors. */
    public RollUp toLast(int snapshot) {
        return RollUp.of(tensors, tensor -> tensor.toLast()[snapshot]);
    }

    /** The divergence of a snapshot to the one before, over tensors. */
    public RollUp toPrevious(int snapshot) {
        return RollUp.of(tensors, tensor -> tensor.toPrevious()[snapshot]);
    }

    /** Any figure over tensors. */
    public RollUp over(ToDoubleFunction<TensorConvergence> figure) {
        return RollUp.of(tensors, figure);
    }

    /** The tensors of each kind, by its name. */
    public Map<String, Convergence> kinds() {
        Map<String, List<TensorConvergence>> kinds = new TreeMap<>();
        tensors.forEach(tensor -> kinds.computeIfAbsent(tensor.name().kind(), _ -> new ArrayList<>()).add(tensor));
        Map<String, Convergence> converging = new TreeMap<>();
        kinds.forEach((kind, members) -> converging.put(kind, new Convergence(series, members)));
        return converging;
    }

    /**
     * The power of n by which the median divergence fell: −1 for independent chunks of one kind of text. Least squares over
     * the logarithms; each divergence is first divided by 1 − n/N, because a snapshot is a part of the last, which makes it
     * nearer to it than to the truth. NaN for fewer than three snapshots before the last.
     */
    public double decay() {
        double all = series.last().rows();
        int[] usable = IntStream.range(0, snapshots() - 1).filter(i -> series.snapshots().get(i).rows() < all
                && series.snapshots().get(i).rows() > 0 && toLast(i).median() > 0).toArray();
        if (usable.length < LEAST_FOR_SLOPE) {
            return Double.NaN;
        }
        double[] x = IntStream.of(usable).mapToDouble(i -> Math.log(series.snapshots().get(i).rows())).toArray();
        double[] y = IntStream.of(usable)
                .mapToDouble(i -> Math.log(toLast(i).median() / (1 - series.snapshots().get(i).rows() / all)))
                .toArray();
        return slope(x, y);
    }

    private static double slope(double[] x, double[] y) {
        double meanX = IntStream.range(0, x.length).mapToDouble(i -> x[i]).average().orElseThrow();
        double meanY = IntStream.range(0, y.length).mapToDouble(i -> y[i]).average().orElseThrow();
        double xy = 0;
        double xx = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
        }
        return xx > 0 ? xy / xx : Double.NaN;
    }

    /** By expected divergence, the largest first; those without one come last. */
    public static List<TensorConvergence> worstFirst(Collection<TensorConvergence> tensors) {
        return tensors.stream().sorted((a, b) -> {
            double first = a.expectedDivergence();
            double second = b.expectedDivergence();
            return Double.isNaN(first) || Double.isNaN(second)
                    ? Boolean.compare(Double.isNaN(first), Double.isNaN(second))
                    : Double.compare(second, first);
        }).toList();
    }
}
