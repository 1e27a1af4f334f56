package org.imatrixstats.imatrix.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

import org.imatrixstats.gguf.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.Parallel;
import org.imatrixstats.imatrix.stats.ColumnDistribution.Channel;

/** Counts the columns of tensors by size, and finds the largest. */
public final class DistributionCalculator {
    private static final int BLOCK = 1 << 16;
    /** Half-octave bins of all positive float32: exponent · 2, + 1 in its upper half. */
    private static final int BINS = 512;
    private static final int FIRST_BIN = -2 * 127;
    private static final int MANTISSA_BITS = 23;
    /** The mantissa of √2, rounded up: from here on a number is in the upper half of its octave. */
    private static final int ROOT_OF_TWO = 0x3504f4;
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
        long[] bins = new long[BINS];
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
            double least = leastOf(top);
            for (int i = 0; i < length; i++) {
                if (values[i] / (double) count > least) {
                    top.add(new Channel(expert, from + i, values[i] / (double) count));
                    if (top.size() > topCount) {
                        top.poll();
                    }
                    least = leastOf(top);
                }
            }
        }
    }

    private double leastOf(PriorityQueue<Channel> top) {
        return top.size() < topCount ? Double.NEGATIVE_INFINITY : top.peek().energy();
    }

    private void countBins(int length, double count, long[] bins) {
        for (int i = 0; i < length; i++) {
            int bits = Float.floatToRawIntBits((float) (values[i] / count)) & Integer.MAX_VALUE;
            int mantissa = bits & (1 << MANTISSA_BITS) - 1;
            bins[bits == 0 ? 0 : Math.max(1, 2 * (bits >>> MANTISSA_BITS) + (mantissa < ROOT_OF_TWO ? 0 : 1))]++;
        }
    }

    /** Bin 0 holds the zeros: what is smaller than the smallest normal number counts as that. */
    private static ColumnDistribution distribution(TensorStats tensor, long[] bins, PriorityQueue<Channel> top) {
        int first = 1;
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
        return new ColumnDistribution(tensor, FIRST_BIN + first, counts, bins[0],
                top.stream().sorted(LARGEST_FIRST).toList());
    }
}
