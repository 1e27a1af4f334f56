package org.imatrixstats.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.tensor.TensorSource;

/**
 * All figures of one tensor but its clusters. The results of the parts are taken in their order, so that threads never
 * decide an answer.
 */
final class TensorScan {
    /** A few megabytes; to sort more takes longer than to read it twice again. */
    private static final long MOST_SORTED = 1 << 20;

    private final TensorSource source;
    private final TensorInfo tensor;
    private final Importance importance;
    private final ReviewOptions options;
    private final LongConsumer progress;
    private final Precision precision;
    private final Grid grid;

    /** @param importance of the columns; null if unknown */
    TensorScan(TensorSource source, TensorInfo tensor, Importance importance, ReviewOptions options,
            LongConsumer progress) throws FormatException {
        this.source = source;
        this.tensor = tensor;
        this.importance = importance;
        this.options = options;
        this.progress = progress;
        precision = Precision.of(tensor.type());
        grid = Grid.of(source, tensor);
    }

    /** Reads all values, several times if they are not counted. */
    TensorReview review() throws IOException {
        Slice all = new Slice(grid.parts().isEmpty() ? 0 : tensor.rows(), tensor.ne0());
        List<WeightSums> ofExperts = new ArrayList<>();
        Weighted.Sums weighted = new Weighted.Sums();
        Slice[] expert = {null};
        grid.inOrder(options.threads(), () -> new BlockScanner(source),
                (scanner, part) -> scanner.scan(tensor, grid, part, importance != null),
                (part, sums) -> {
                    if (part.firstRow() == 0) {
                        expert[0] = new Slice(grid.rowsPerExpert(), tensor.ne0());
                    }
                    expert[0].add(sums);
                    if (grid.isLastOfExpert(part)) {
                        if (Grid.isOfExperts(tensor)) {
                            ofExperts.add(sums(expert[0]));
                        }
                        if (importance != null) {
                            weighted.add(importance, part.item(), expert[0]);
                        }
                        all.add(expert[0]);
                    }
                    progress.accept(tensor.bytes() / grid.parts().size());
                });
        WeightSums sums = sums(all);
        Order order = order(all, sums);
        return new TensorReview(TensorName.of(tensor.name()), tensor,
                Distribution.of(order, sums, options.bins(), precision.isCounted() || fits()),
                options.clusters() ? sample(order) : new float[0], null,
                Norms.ofSquares(all.rowSquares()), Norms.ofSquares(all.columnSquares()),
                importance == null ? null : weighted.figures(importance, all.columnSquares()), ofExperts);
    }

    private WeightSums sums(Slice slice) {
        return precision.isCounted()
                ? Buckets.sums(slice.buckets(), precision)
                : slice.sums().withSubnormals(
                        Buckets.ofMagnitude(slice.buckets(), 0, precision.leastNormal()) - slice.sums().zeros());
    }

    private Order order(Slice slice, WeightSums sums) throws IOException {
        long n = sums.finite();
        if (precision.isCounted() || n == 0) {
            return Buckets.order(slice.buckets(), precision);
        }
        if (fits()) {
            return Order.of(sorted(Math.toIntExact(n)));
        }
        LongStream sample = options.clusters() ? LongStream.of(Sample.ranks(n)) : LongStream.empty();
        long[] ranks = LongStream.concat(LongStream.of(Distribution.ranks(n)), sample).toArray();
        return Refinement.refine(slice.buckets(), ranks, Distribution.thresholds(sums, options.bins()), this::count);
    }

    /** Whether all values may be in memory at once. */
    private boolean fits() {
        return tensor.elements() <= MOST_SORTED;
    }

    /** The finite values, of which there are n. */
    private float[] sorted(int n) throws IOException {
        float[] values = new float[Math.toIntExact(tensor.elements())];
        source.readRows(tensor, 0, Math.toIntExact(tensor.rows()), values, 0);
        float[] finite = new float[n];
        int size = 0;
        for (float x : values) {
            if (Float.isFinite(x)) {
                finite[size++] = x;
            }
        }
        Arrays.sort(finite);
        return finite;
    }

    private long[] count(Refinement.Digit digit) throws IOException {
        Collection<Counter> counters = new ConcurrentLinkedQueue<>();
        Parallel.forEach(grid.parts().size(), options.threads(), () -> {
            Counter counter = new Counter(new BlockScanner(source), digit.size());
            counters.add(counter);
            return counter;
        }, (counter, i) -> {
            counter.scanner.count(tensor, grid, grid.parts().get(i), digit, counter.counts);
            counter.countedPart();
        });
        long[] counts = new long[digit.size()];
        for (Counter each : counters) {
            each.flush();
            Arrays.setAll(counts, i -> counts[i] + each.total[i]);
        }
        return counts;
    }

    /** What one thread counts, in numbers that stay in the cache and are emptied before they can overflow. */
    private static final class Counter {
        private static final int PARTS_PER_FLUSH = 128;

        private final BlockScanner scanner;
        private final int[] counts;
        private final long[] total;
        private int parts;

        Counter(BlockScanner scanner, int size) {
            this.scanner = scanner;
            this.counts = new int[size];
            this.total = new long[size];
        }

        void countedPart() {
            parts++;
            if (parts == PARTS_PER_FLUSH) {
                flush();
            }
        }

        void flush() {
            parts = 0;
            for (int i = 0; i < counts.length; i++) {
                total[i] += Integer.toUnsignedLong(counts[i]);
                counts[i] = 0;
            }
        }
    }

    private static float[] sample(Order order) {
        long[] ranks = Sample.ranks(order.count());
        float[] sample = new float[ranks.length];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = order.select(ranks[i]) + 0.0f;
        }
        return sample;
    }
}
