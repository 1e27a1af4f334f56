package org.imatrixstats.compare;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.imatrixstats.compare.DivergenceKernel.Terms;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.Kernels;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;

/** Computes the divergence of pairs: first the sums of both files, then the terms of the columns. */
public final class DivergenceCalculator {
    private DivergenceCalculator() {
    }

    /**
     * The divergences of pairs, in their order.
     *
     * @param done told of the values of A that are done, by one thread at a time
     * @throws FormatException if a file is cut short meanwhile
     */
    public static List<Divergence> of(List<TensorPair> pairs, int threads, Consumer<Partition> done)
            throws IOException {
        List<Energies> energies = Parallel.fold(grid(pairs), threads, () -> new Worker(new PairValues.FromFiles()),
                (worker, part) -> worker.energies(pairs.get(part.item()), part), Energies::merge, _ -> {
                });
        return of(pairs, energies, PairValues.FromFiles::new, threads, done);
    }

    static List<Partition> grid(List<TensorPair> pairs) {
        return Partition.grid(pairs, TensorPair::matrices, TensorPair::columns);
    }

    /** Sums of the means of the columns; NaN where one is negative, since the divergence is undefined then. */
    record Energies(double sumA, double sumB) {
        Energies merge(Energies other) {
            return new Energies(sumA + other.sumA, sumB + other.sumB);
        }

        boolean defined() {
            return sumA > 0 && Double.isFinite(sumA) && sumB > 0 && Double.isFinite(sumB);
        }

        Divergence divergence(TensorPair pair, Terms terms) {
            return defined()
                    ? terms.divergence(pair.elements(), sumA, sumB)
                    : Divergence.undefined(pair.elements(), sumA, sumB);
        }
    }

    /** The divergences of pairs whose sums are known. */
    static List<Divergence> of(List<TensorPair> pairs, List<Energies> energies, Supplier<PairValues> values,
            int threads, Consumer<Partition> done) throws IOException {
        List<Terms> terms = Parallel.fold(grid(pairs), threads, () -> new Worker(values.get()),
                (worker, part) -> worker.terms(pairs.get(part.item()), energies.get(part.item()), part), Terms::merge,
                done);
        return IntStream.range(0, terms.size())
                .mapToObj(i -> energies.get(i).divergence(pairs.get(i), terms.get(i))).toList();
    }

    /** What belongs to a thread. */
    private static final class Worker {
        private final PairValues values;
        private final Kernels kernels = new Kernels();
        private final DivergenceKernel divergence = new DivergenceKernel();

        Worker(PairValues values) {
            this.values = values;
        }

        Energies energies(TensorPair pair, Partition part) throws FormatException {
            double[] sums = new double[2];
            values.forEachSpan(pair, part, (a, countA, b, countB, from, to, _) -> {
                boolean negative = Kernels.min(a, from, to) < 0 || Kernels.min(b, from, to) < 0;
                sums[0] += negative ? Double.NaN : kernels.sum(a, from, to) / countA;
                sums[1] += negative ? Double.NaN : kernels.sum(b, from, to) / countB;
            });
            return new Energies(sums[0], sums[1]);
        }

        Terms terms(TensorPair pair, Energies energies, Partition part) throws FormatException {
            if (energies.defined()) {
                values.forEachSpan(pair, part, (a, countA, b, countB, from, to, _) -> divergence.add(a,
                        1 / (countA * energies.sumA), b, 1 / (countB * energies.sumB), from, to));
            }
            return divergence.take();
        }
    }
}
