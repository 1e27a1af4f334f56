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
 * All figures of one tensor but its clusters. Values are read in blocks of whole rows, none of which crosses from one
 * expert to the next; the results of the blocks are taken in their order, so that threads never decide an answer.
 */
final class TensorScan {
    private static final long BLOCK = 1 << 20;
    private static final long LONGEST_ROW = 1 << 24;
    private static final int EXPERT_DIMENSIONS = 3;

    private final TensorSource source;
    private final TensorInfo tensor;
    private final Importance importance;
    private final ModelReview.Options options;
    private final LongConsumer progress;
    private final Precision precision;
    private final int experts;
    private final long rows;
    private final long rowsPerBlock;
    private final int blocksPerExpert;

    /** @param importance of the columns; null if unknown */
    TensorScan(TensorSource source, TensorInfo tensor, Importance importance, ModelReview.Options options,
            LongConsumer progress) throws FormatException {
        this.source = source;
        this.tensor = tensor;
        this.importance = importance;
        this.options = options;
        this.progress = progress;
        if (tensor.ne0() > LONGEST_ROW) {
            throw new FormatException(source.name(), tensor.name(),
                    "has rows of " + tensor.ne0() + " values, expected at most " + LONGEST_ROW);
        }
        precision = Precision.of(tensor.type());
        boolean empty = tensor.elements() == 0;
        experts = empty ? 0 : isOfExperts() ? Math.toIntExact(tensor.dims().getLast()) : 1;
        rows = empty ? 0 : tensor.rows() / experts;
        rowsPerBlock = empty ? 1 : Math.clamp(BLOCK / tensor.ne0(), 1, rows);
        blocksPerExpert = Math.toIntExact((rows + rowsPerBlock - 1) / rowsPerBlock);
    }

    private boolean isOfExperts() {
        return tensor.dims().size() == EXPERT_DIMENSIONS;
    }

    /** Reads all values, several times if they are not counted. */
    TensorReview review() throws IOException {
        Slice all = new Slice(experts * rows, tensor.ne0());
        List<WeightSums> ofExperts = new ArrayList<>();
        Weighted.Sums weighted = new Weighted.Sums();
        Slice[] expert = {null};
        inOrder((scanner, block) -> scanner.scan(tensor, firstRow(block), rowsOf(block), importance != null),
                (number, block) -> {
                    if (number % blocksPerExpert == 0) {
                        expert[0] = new Slice(rows, tensor.ne0());
                    }
                    expert[0].add(block);
                    if ((number + 1) % blocksPerExpert == 0) {
                        int e = number / blocksPerExpert;
                        if (isOfExperts()) {
                            ofExperts.add(sums(expert[0]));
                        }
                        if (importance != null) {
                            weighted.add(importance, e, expert[0]);
                        }
                        all.add(expert[0]);
                    }
                });
        WeightSums sums = sums(all);
        Order order = order(all, sums);
        return new TensorReview(TensorName.of(tensor.name()), tensor,
                Distribution.of(order, sums, options.bins(), precision.isCounted()), options.clusters() ? sample(order) : new float[0], null,
                Norms.ofSquares(all.rowSquares()), Norms.ofSquares(all.columnSquares()),
                importance == null ? null : weighted.figures(importance, all.columnSquares()), ofExperts);
    }

    /** Block numbers count through the experts. */
    private long firstRow(int block) {
        return block / blocksPerExpert * rows + block % blocksPerExpert * rowsPerBlock;
    }

    private int rowsOf(int block) {
        return Math.toIntExact(Math.min(rowsPerBlock, rows - block % blocksPerExpert * rowsPerBlock));
    }

    private WeightSums sums(Slice slice) {
        return precision.isCounted() ? Buckets.sums(slice.buckets(), precision) : slice.sums().withSubnormals(
                Buckets.ofMagnitude(slice.buckets(), 0, precision.leastNormal()) - slice.sums().zeros());
    }

    private Order order(Slice slice, WeightSums sums) throws IOException {
        long n = sums.finite();
        if (precision.isCounted() || n == 0) {
            return Buckets.order(slice.buckets(), precision);
        }
        LongStream sample = options.clusters() ? LongStream.of(Sample.ranks(n)) : LongStream.empty();
        long[] ranks = LongStream.concat(LongStream.of(Distribution.ranks(n)), sample).toArray();
        return Refinement.refine(slice.buckets(), ranks, Distribution.thresholds(sums, options.bins()), this::count);
    }

    private long[] count(Refinement.Digit digit) throws IOException {
        Collection<Counter> counters = new ConcurrentLinkedQueue<>();
        Parallel.forEach(experts * blocksPerExpert, options.threads(), () -> {
            Counter counter = new Counter(new BlockScanner(source), new long[digit.size()]);
            counters.add(counter);
            return counter;
        }, (counter, block) -> counter.scanner.count(tensor, firstRow(block), rowsOf(block), digit, counter.counts));
        long[] counts = new long[digit.size()];
        for (Counter each : counters) {
            Arrays.setAll(counts, i -> counts[i] + each.counts[i]);
        }
        return counts;
    }

    private record Counter(BlockScanner scanner, long[] counts) {
    }

    private static float[] sample(Order order) {
        long[] ranks = Sample.ranks(order.count());
        float[] sample = new float[ranks.length];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = order.select(ranks[i]) + 0.0f;
        }
        return sample;
    }

    @FunctionalInterface
    private interface Compute {
        Block block(BlockScanner scanner, int number) throws IOException;
    }

    @FunctionalInterface
    private interface Consumer {
        void accept(int number, Block block) throws IOException;
    }

    /** Computes the blocks on all threads and hands them over in their order. */
    private void inOrder(Compute compute, Consumer consumer) throws IOException {
        int blocks = experts * blocksPerExpert;
        Block[] ready = new Block[blocks];
        int[] next = {0};
        Parallel.forEach(blocks, options.threads(), () -> new BlockScanner(source), (scanner, number) -> {
            Block block = compute.block(scanner, number);
            synchronized (ready) {
                ready[number] = block;
                while (next[0] < blocks && ready[next[0]] != null) {
                    consumer.accept(next[0], ready[next[0]]);
                    ready[next[0]++] = null;
                }
                progress.accept(tensor.bytes() / blocks);
            }
        });
    }
}
