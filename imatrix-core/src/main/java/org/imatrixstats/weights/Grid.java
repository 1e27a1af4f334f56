package org.imatrixstats.weights;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.OrderedWork;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/**
 * The parts in which a tensor is read; none crosses from one expert to the next.
 *
 * @param rowsPerExpert rows of each matrix of a tensor of three dimensions, else all
 * @param parts         their item is the expert; none if there are no values
 */
record Grid(long rowsPerExpert, List<Partition> parts) {
    private static final long LONGEST_ROW = 1 << 24;
    private static final long MOST_ROWS = 1 << 26;
    private static final float[] NOTHING = {};
    private static final int EXPERT_DIMENSIONS = 3;

    /** Makes the result of one part. */
    @FunctionalInterface
    interface Compute<W, R> {
        R compute(W worker, Partition part) throws IOException;
    }

    /** Takes the result of a part. */
    @FunctionalInterface
    interface Take<R> {
        void take(Partition part, R result) throws IOException;
    }

    /** @throws FormatException if the data are not all there, or a row or the number of rows is too large */
    static Grid of(TensorSource source, TensorInfo tensor) throws FormatException {
        // Before anything is made as large as the tensor says that it is.
        source.readRows(tensor, 0, 0, NOTHING, 0);
        require(source, tensor, "rows of", tensor.ne0(), "values", LONGEST_ROW);
        require(source, tensor, "", tensor.rows(), "rows", MOST_ROWS);
        if (tensor.elements() == 0) {
            return new Grid(0, List.of());
        }
        long experts = isOfExperts(tensor) ? tensor.dims().getLast() : 1;
        long rows = tensor.rows() / experts;
        return new Grid(rows, Partition.grid(Stream.iterate(0L, i -> i < experts, i -> i + 1).toList(), _ -> rows,
                _ -> tensor.ne0()));
    }

    private static void require(TensorSource source, TensorInfo tensor, String what, long number, String unit,
            long most)
            throws FormatException {
        if (number > most) {
            throw new FormatException(source.name(), tensor.name(),
                    "has " + what + (what.isEmpty() ? "" : " ") + number + " " + unit + ", expected at most " + most);
        }
    }

    static boolean isOfExperts(TensorInfo tensor) {
        return tensor.dims().size() == EXPERT_DIMENSIONS;
    }

    /** Reads the values of a block of whole rows. */
    void read(TensorSource source, TensorInfo tensor, Partition part, Block block, float[] into)
            throws FormatException {
        source.readRows(tensor, firstRow(part, block), Math.toIntExact(block.length() / block.columns()), into, 0);
    }

    /** The row of the tensor that a block begins with. */
    long firstRow(Partition part, Block block) {
        return part.item() * rowsPerExpert + block.start() / block.columns();
    }

    boolean isLastOfExpert(Partition part) {
        return part.firstRow() + part.rows() == rowsPerExpert;
    }

    /** Computes all parts on several threads, and takes the results in the order of the parts. */
    <W, R> void inOrder(int threads, Supplier<W> newWorker, Compute<W, R> compute, Take<R> take) throws IOException {
        Queue<W> idle = new ConcurrentLinkedQueue<>();
        Iterator<Callable<R>> results = parts.stream().<Callable<R>>map(part -> () -> {
            W worker = Objects.requireNonNullElseGet(idle.poll(), newWorker);
            R result = compute.compute(worker, part);
            idle.add(worker);
            return result;
        }).iterator();
        Iterator<Partition> next = parts.iterator();
        OrderedWork.run(results, Math.clamp(parts.size(), 1, threads), result -> take.take(next.next(), result));
    }
}
