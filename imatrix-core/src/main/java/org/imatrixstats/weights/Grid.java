package org.imatrixstats.weights;

import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.OrderedWork;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/**
 * The blocks in which a tensor is read: whole rows, about 2^20 values, all of one expert. They depend on the tensor alone.
 *
 * @param experts         matrices of a tensor of three dimensions, else 1; 0 if there are no values
 * @param rowsPerExpert   rows of each
 * @param rowsPerBlock    at most
 * @param blocksPerExpert numbers of blocks count through the experts
 */
record Grid(int experts, long rowsPerExpert, long rowsPerBlock, int blocksPerExpert) {
    private static final long BLOCK = 1 << 20;
    private static final long LONGEST_ROW = 1 << 24;
    private static final long MOST_ROWS = 1 << 26;
    private static final float[] NOTHING = {};
    private static final int EXPERT_DIMENSIONS = 3;

    /** Makes the result of one block. */
    @FunctionalInterface
    interface Compute<W, R> {
        R compute(W worker, int block) throws IOException;
    }

    /** Takes the result of a block. */
    @FunctionalInterface
    interface Take<R> {
        void take(int block, R result) throws IOException;
    }

    /** @throws FormatException if the data are not all there, or a row or the number of rows is too large */
    static Grid of(TensorSource source, TensorInfo tensor) throws FormatException {
        // Before anything is made as large as the tensor says that it is.
        source.readRows(tensor, 0, 0, NOTHING, 0);
        require(source, tensor, "rows of", tensor.ne0(), "values", LONGEST_ROW);
        require(source, tensor, "", tensor.rows(), "rows", MOST_ROWS);
        if (tensor.elements() == 0) {
            return new Grid(0, 0, 1, 0);
        }
        int experts = isOfExperts(tensor) ? Math.toIntExact(tensor.dims().getLast()) : 1;
        long rows = tensor.rows() / experts;
        long rowsPerBlock = Math.clamp(BLOCK / tensor.ne0(), 1, rows);
        return new Grid(experts, rows, rowsPerBlock, Math.toIntExact((rows + rowsPerBlock - 1) / rowsPerBlock));
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

    int blocks() {
        return experts * blocksPerExpert;
    }

    int expert(int block) {
        return block / blocksPerExpert;
    }

    long firstRow(int block) {
        return expert(block) * rowsPerExpert + block % blocksPerExpert * rowsPerBlock;
    }

    int rows(int block) {
        return Math.toIntExact(Math.min(rowsPerBlock, rowsPerExpert - block % blocksPerExpert * rowsPerBlock));
    }

    boolean isFirstOfExpert(int block) {
        return block % blocksPerExpert == 0;
    }

    boolean isLastOfExpert(int block) {
        return (block + 1) % blocksPerExpert == 0;
    }

    /** Computes all blocks on several threads, and takes the results in the order of the blocks. */
    <W, R> void inOrder(int threads, Supplier<W> newWorker, Compute<W, R> compute, Take<R> take) throws IOException {
        Queue<W> idle = new ConcurrentLinkedQueue<>();
        Iterator<Callable<R>> results = IntStream.range(0, blocks()).<Callable<R>>mapToObj(block -> () -> {
            W worker = Objects.requireNonNullElseGet(idle.poll(), newWorker);
            R result = compute.compute(worker, block);
            idle.add(worker);
            return result;
        }).iterator();
        int[] next = {0};
        OrderedWork.run(results, Math.min(threads, Math.max(1, blocks())), result -> take.take(next[0]++, result));
    }
}
