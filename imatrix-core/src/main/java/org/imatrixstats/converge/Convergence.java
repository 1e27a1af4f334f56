package org.imatrixstats.converge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.compare.DivergenceKernel;
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
        // Kept until all are done, so that the first in the order of tensors is reported, whatever the threads do.
        FormatException[] faults = new FormatException[inputs.size()];
        SamplingError[] errors = new SamplingError[inputs.size()];
        Parallel.forEach(inputs.size(), threads, () -> new BatchSpread(series), (spread, i) -> {
            try {
                errors[i] = spread.of(inputs.get(i).getFirst().name());
            } catch (FormatException e) {
                faults[i] = e;
            }
            progress.accept(values(series, inputs.get(i)));
        });
        for (FormatException fault : faults) {
            if (fault != null) {
                throw fault;
            }
        }
        Pairs pairs = Pairs.of(series);
        TensorConvergence[] firsts = new TensorConvergence[inputs.size()];
        Parallel.forEach(inputs.size(), threads, DivergenceKernel::new, (kernel, i) -> {
            TensorName name = inputs.get(i).getFirst();
            double[] toLast = pairs.toLast(kernel, name.name());
            firsts[i] = new TensorConvergence(name, series.rows(name), toLast,
                    pairs.toPrevious(kernel, name.name(), toLast), errors[i], null);
            progress.accept(values(series, inputs.get(i)));
        });
        return new Convergence(series, IntStream.range(0, firsts.length).boxed()
                .flatMap(i -> inputs.get(i).stream().map(firsts[i]::of))
                .sorted((a, b) -> TensorName.BY_LAYER.compare(a.name(), b.name())).toList());
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

        double[] toLast(DivergenceKernel kernel, String tensor) throws FormatException {
            double[] divergences = new double[withLast.size() + 1];
            for (int i = 0; i < withLast.size(); i++) {
                divergences[i] = divergence(kernel, withLast.get(i).get(tensor));
            }
            boolean defined = DoubleStream.of(divergences).limit(withLast.size()).anyMatch(each -> !Double.isNaN(each));
            divergences[withLast.size()] = defined ? 0 : Double.NaN;
            return divergences;
        }

        /** The next of the last but one is the last: that is known already. */
        double[] toPrevious(DivergenceKernel kernel, String tensor, double[] toLast) throws FormatException {
            double[] divergences = new double[toLast.length];
            divergences[0] = Double.NaN;
            for (int i = 0; i < withNext.size(); i++) {
                divergences[i + 1] = divergence(kernel, withNext.get(i).get(tensor));
            }
            divergences[toLast.length - 1] = toLast[toLast.length - 2];
            return divergences;
        }

        private static double divergence(DivergenceKernel kernel, TensorPair pair) throws FormatException {
            return pair == null ? Double.NaN : kernel.of(pair).jensenShannon();
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
