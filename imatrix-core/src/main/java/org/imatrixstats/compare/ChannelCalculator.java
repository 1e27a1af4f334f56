package org.imatrixstats.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.scan.Parallel;

/** Looks at single columns (channels) of two importance matrices. */
public final class ChannelCalculator {
    /** Far more than the width of any model. */
    private static final long MOST_COLUMNS = 1 << 20;
    private static final double LARGEST = 0.01;
    /** The part of the tensors of a width in which a channel stands out that is called shared. */
    private static final double SHARED = 0.25;

    private final PairValues.FromFiles values = new PairValues.FromFiles();

    private ChannelCalculator() {
    }

    /**
     * All columns of a tensor whose figures are defined, those first that add most to the divergence; empty if they are not.
     *
     * @throws ImatrixException if it has more than a million columns
     */
    public static List<Channel> channels(PairStats tensor) throws FormatException {
        if (tensor.pair().columns() > MOST_COLUMNS) {
            throw new ImatrixException(tensor.pair().fileA(), tensor.name().name(), "has " + tensor.pair().columns()
                    + " columns, expected at most " + MOST_COLUMNS);
        }
        if (!tensor.defined()) {
            return List.of();
        }
        Energies energies = new ChannelCalculator().energies(tensor.pair());
        int[] ranksA = ranks(energies.a);
        int[] ranksB = ranks(energies.b);
        double sumA = Arrays.stream(energies.a).sum();
        double sumB = Arrays.stream(energies.b).sum();
        List<Channel> channels = new ArrayList<>();
        DivergenceKernel kernel = new DivergenceKernel();
        for (int i = 0; i < ranksA.length; i++) {
            double divergence = kernel.jensenShannon(energies.a[i] / sumA, energies.b[i] / sumB);
            channels.add(new Channel(i, energies.a[i], energies.b[i], sumA, sumB, ranksA[i], ranksB[i], divergence));
        }
        channels.sort(Comparator.comparingDouble(Channel::divergence).reversed());
        return channels;
    }

    /** Columns that are among the largest 1% in a quarter of the tensors of their width, and in two, in either file. */
    public static List<OutlierChannel> outliers(Comparison comparison, int threads) throws IOException {
        List<PairStats> tensors = comparison.inputs().stream().filter(PairStats::defined)
                .filter(tensor -> tensor.pair().columns() <= MOST_COLUMNS).toList();
        Map<Long, List<PairStats>> byWidth = new TreeMap<>();
        tensors.forEach(tensor -> byWidth.computeIfAbsent(tensor.pair().columns(), _ -> new ArrayList<>()).add(tensor));
        List<List<PairStats>> widths = List.copyOf(byWidth.values());
        List<List<OutlierChannel>> outliers = new ArrayList<>(widths.stream().map(_ -> List.<OutlierChannel>of())
                .toList());
        Parallel.forEach(widths.size(), threads, ChannelCalculator::new,
                (worker, i) -> outliers.set(i, worker.outliersOfOneWidth(widths.get(i))));
        return outliers.stream().flatMap(List::stream)
                .sorted(Comparator.comparingInt((OutlierChannel channel) -> channel.inA() + channel.inB()).reversed())
                .toList();
    }

    /** Means of the columns in both files, summed up over the experts that both reached and divided by their number. */
    private record Energies(double[] a, double[] b) {
    }

    private Energies energies(TensorPair pair) throws FormatException {
        int columns = (int) pair.columns();
        double experts = pair.elements() / (double) columns;
        double[] sumA = new double[columns];
        double[] sumB = new double[columns];
        values.forEachSpan(pair, pair.values(), (a, countA, b, countB, from, to, start) -> {
            int column = (int) (start % columns);
            for (int i = from; i < to; i++, column++) {
                sumA[column] += a[i] / countA / experts;
                sumB[column] += b[i] / countB / experts;
            }
        });
        return new Energies(sumA, sumB);
    }

    private static int[] ranks(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int[] ranks = new int[values.length];
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = 1 + sorted.length - firstAbove(sorted, values[i]);
        }
        return ranks;
    }

    private static int firstAbove(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (sorted[middle] > value) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    // ---- channels that many tensors share

    private List<OutlierChannel> outliersOfOneWidth(List<PairStats> tensors) throws FormatException {
        int width = (int) tensors.getFirst().pair().columns();
        int[] inA = new int[width];
        int[] inB = new int[width];
        double[] timesA = new double[width];
        double[] timesB = new double[width];
        for (PairStats tensor : tensors) {
            Energies energies = energies(tensor.pair());
            add(energies.a, inA, timesA);
            add(energies.b, inB, timesB);
        }
        double least = Math.max(2, SHARED * tensors.size());
        List<OutlierChannel> shared = new ArrayList<>();
        for (int column = 0; column < width; column++) {
            if (inA[column] >= least || inB[column] >= least) {
                shared.add(new OutlierChannel(width, column, tensors.size(), inA[column], inB[column],
                        timesA[column] / tensors.size(), timesB[column] / tensors.size()));
            }
        }
        return shared;
    }

    /** Counts the columns that are among the largest of a tensor, and adds up how large all are against their mean. */
    private static void add(double[] energies, int[] among, double[] times) {
        int most = (int) Math.ceil(LARGEST * energies.length);
        int[] ranks = ranks(energies);
        double mean = Arrays.stream(energies).sum() / energies.length;
        for (int i = 0; i < energies.length; i++) {
            among[i] += ranks[i] <= most ? 1 : 0;
            times[i] += energies[i] / mean;
        }
    }
}
