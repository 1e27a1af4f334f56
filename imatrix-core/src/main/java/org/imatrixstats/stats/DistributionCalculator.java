package org.imatrixstats.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.stats.ColumnDistribution.Channel;

/** Counts the columns of tensors by size, and finds the largest. */
public final class DistributionCalculator {
    private static final int BLOCK = 1 << 16;
    private static final int FIRST_BIN = ColumnDistribution.bin(Float.MIN_VALUE);
    private static final int BINS = ColumnDistribution.bin(Float.MAX_VALUE) - FIRST_BIN + 1;
    /** The largest E[x²] first, then the first column. */
    private static final Comparator<Channel> LARGEST_FIRST = Comparator.comparingDouble(Channel::energy).reversed()
            .thenComparing(Channel::expert).thenComparing(Channel::column);

    private final Imatrix imatrix;
    private final int topCount;
    private final float[] values = new float[BLOCK];

    private DistributionCalculator(Imatrix imatrix, int topCount) {
        this.imatrix = imatrix;
        this.topCount = topCount;
    }

    /**
     * The distributions of the tensors of the report in its order, but for those without data, with values that make no
     * sense (NaN, infinite, negative), or with what an earlier tensor of the layer holds.
     *
     * @param topCount how many of the largest columns to name
     * @throws FormatException if the file is cut short meanwhile
     */
    public static List<ColumnDistribution> distributions(Imatrix imatrix, Report report, int topCount, int threads)
            throws IOException {
        List<TensorStats> tensors = report.tensors().stream().filter(
                tensor -> tensor.energy.defined() && tensor.energy.min >= 0 && tensor.sameInputAs() == null).toList();
        ColumnDistribution[] distributions = new ColumnDistribution[tensors.size()];
        Parallel.forEach(tensors.size(), threads, () -> new DistributionCalculator(imatrix, topCount),
                (worker, i) -> distributions[i] = worker.of(tensors.get(i)));
        return List.of(distributions);
    }

    private ColumnDistribution of(TensorStats tensor) throws FormatException {
        ImatrixEntry entry = tensor.entry();
        int experts = tensor.expertCount().orElse(1);
        long[] bins = new long[BINS + 1];
        PriorityQueue<Channel> top = new PriorityQueue<>(LARGEST_FIRST.reversed());
        for (int expert = 0; expert < experts; expert++) {
            long count = entry.count(entry.experts() > 1 ? expert : 0);
            if (count > 0) {
                addColumns(entry, expert, entry.size() / experts, count, bins, top);
            }
        }
        return distribution(tensor, bins, top);
    }

    private void addColumns(ImatrixEntry entry, int expert, long columns, long count, long[] bins,
            PriorityQueue<Channel> top) throws FormatException {
        for (long from = 0; from < columns; from += BLOCK) {
            int length = (int) Math.min(BLOCK, columns - from);
            imatrix.squares(entry, expert * columns + from, values, length);
            countBins(length, count, bins);
            double least = leastOf(top) * count;
            for (int i = 0; i < length; i++) {
                if (values[i] > least) {
                    top.add(new Channel(expert, from + i, values[i] / (double) count));
                    if (top.size() > topCount) {
                        top.poll();
                    }
                    least = leastOf(top) * count;
                }
            }
        }
    }

    private double leastOf(PriorityQueue<Channel> top) {
        return top.size() < topCount ? Double.NEGATIVE_INFINITY : top.peek().energy();
    }

    /** The zeros are counted at the end. */
    private void countBins(int length, double count, long[] bins) {
        double perColumn = 1 / count;
        for (int i = 0; i < length; i++) {
            float energy = (float) (values[i] * perColumn);
            bins[energy > 0 ? ColumnDistribution.bin(energy) - FIRST_BIN : BINS]++;
        }
    }

    private static ColumnDistribution distribution(TensorStats tensor, long[] bins, PriorityQueue<Channel> top) {
        int first = 0;
        while (first < BINS && bins[first] == 0) {
            first++;
        }
        int last = BINS - 1;
        while (last > first && bins[last] == 0) {
            last--;
        }
        List<Long> counts = new ArrayList<>();
        for (int bin = first; bin <= last && bin < BINS; bin++) {
            counts.add(bins[bin]);
        }
        return new ColumnDistribution(tensor, FIRST_BIN + first, counts, bins[BINS],
                top.stream().sorted(LARGEST_FIRST).toList());
    }
}
