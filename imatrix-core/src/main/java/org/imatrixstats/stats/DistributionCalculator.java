package org.imatrixstats.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.stats.ColumnDistribution.Channel;

/** Counts the columns of tensors by size, and finds the largest. */
public final class DistributionCalculator {
    private static final int FIRST_BIN = ColumnDistribution.bin(Float.MIN_VALUE);
    private static final int BINS = ColumnDistribution.bin(Float.MAX_VALUE) - FIRST_BIN + 1;
    /** The largest E[x²] first, then the first column. */
    private static final Comparator<Channel> LARGEST_FIRST = DistributionCalculator::compare;

    private static int compare(Channel a, Channel b) {
        int order = Double.compare(b.energy(), a.energy());
        order = order != 0 ? order : Long.compare(a.expert(), b.expert());
        return order != 0 ? order : Long.compare(a.column(), b.column());
    }

    private final ExpertCounts experts;
    private final int topCount;
    private final Map<ImatrixEntry, Columns> found = new IdentityHashMap<>();

    /**
     * For a walk that something else makes.
     *
     * @param given    the number of experts that the user gave; empty to infer it
     * @param topCount how many of the largest columns to name
     */
    public DistributionCalculator(Imatrix imatrix, OptionalInt given, int topCount) {
        this.experts = new ExpertCounts(imatrix, given);
        this.topCount = topCount;
    }

    /** Looks at the values of a walk. */
    public ValueVisitor<?> visitor() {
        return new ValueVisitor<Columns>() {
            @Override
            public Columns begin(ImatrixEntry entry) {
                return new Columns(entry, experts(entry), topCount);
            }

            @Override
            public void visit(Columns columns, Block block, float[] squares, float[] sums) {
                columns.add(squares, block);
            }

            @Override
            public Columns merge(Columns earlier, Columns later) {
                return earlier.merge(later);
            }

            @Override
            public void end(ImatrixEntry entry, Columns columns) {
                found.put(entry, columns);
            }
        };
    }

    /** What is inferred is kept by the counts, which belong to one thread at a time. */
    private int experts(ImatrixEntry entry) {
        synchronized (experts) {
            return experts.of(entry).orElse(1);
        }
    }

    /** The distributions of the tensors of the report that the walk gave, as the other method has them. */
    public List<ColumnDistribution> distributions(Report report) {
        return shown(report).stream().map(tensor -> found.get(tensor.entry()).distribution(tensor)).toList();
    }

    private static List<TensorStats> shown(Report report) {
        return report.tensors().stream().filter(tensor -> tensor.energy.defined() && tensor.energy.min() >= 0
                && tensor.sameInputAs() == null).toList();
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
        List<TensorStats> tensors = shown(report);
        List<Partition> grid = Partition.grid(tensors, tensor -> tensor.expertCount().orElse(1),
                tensor -> tensor.entry().size() / tensor.expertCount().orElse(1));
        List<Columns> columns = Parallel.fold(grid, threads, () -> new float[Partition.BLOCK],
                (values, part) -> columns(imatrix, tensors.get(part.item()), part, topCount, values),
                Columns::merge, _ -> {
                });
        return IntStream.range(0, tensors.size()).mapToObj(i -> columns.get(i).distribution(tensors.get(i))).toList();
    }

    private static Columns columns(Imatrix imatrix, TensorStats tensor, Partition part, int topCount, float[] values)
            throws FormatException {
        ImatrixEntry entry = tensor.entry();
        Columns columns = new Columns(entry, tensor.expertCount().orElse(1), topCount);
        for (Block block : part) {
            imatrix.inSum2(entry, block.start(), values, block.length());
            columns.add(values, block);
        }
        return columns;
    }

    /** Columns counted by size, and the largest of them. */
    private static final class Columns {
        private final int topCount;
        /** The last is that of the zeros. */
        private final long[] bins = new long[BINS + 1];
        private final PriorityQueue<Channel> top = new PriorityQueue<>(LARGEST_FIRST.reversed());

        private final ImatrixEntry entry;
        private final long columns;

        Columns(ImatrixEntry entry, int experts, int topCount) {
            this.entry = entry;
            this.columns = entry.size() / experts;
            this.topCount = topCount;
        }

        void add(float[] values, Block block) {
            for (Block.Span row : new Block(block.start(), block.length(), columns)) {
                long count = entry.count(entry.experts() > 1 ? (int) row.row() : 0);
                if (count > 0) {
                    add(values, row, count, block.start() - row.row() * columns);
                }
            }
        }

        /** @param firstColumn the column of the first value of the block, which may be of another expert */
        private void add(float[] values, Block.Span span, long count, long firstColumn) {
            double perColumn = 1.0 / count;
            double least = least() * count;
            for (int i = span.from(); i < span.to(); i++) {
                float energy = (float) (values[i] * perColumn);
                // What is not finite is in no distribution that is shown.
                bins[energy > 0 && energy <= Float.MAX_VALUE ? ColumnDistribution.bin(energy) - FIRST_BIN : BINS]++;
                if (values[i] > least) {
                    add(new Channel((int) span.row(), firstColumn + i, values[i] / (double) count));
                    least = least() * count;
                }
            }
        }

        private void add(Channel channel) {
            top.add(channel);
            if (top.size() > topCount) {
                top.poll();
            }
        }

        private double least() {
            return top.size() < topCount ? Double.NEGATIVE_INFINITY : top.peek().energy();
        }

        Columns merge(Columns other) {
            for (int bin = 0; bin < bins.length; bin++) {
                bins[bin] += other.bins[bin];
            }
            other.top.forEach(this::add);
            return this;
        }

        ColumnDistribution distribution(TensorStats tensor) {
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
}
