package org.imatrixstats.imatrix.compare;

import java.util.List;
import java.util.stream.IntStream;

import org.imatrixstats.gguf.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.TensorName;

/**
 * One tensor in two importance matrices, with as many values and matrices (one per expert) in both. What is compared are
 * the means e = E[x²] = sum / count of the columns of the matrices that have data in both.
 */
public final class TensorPair {
    private final Imatrix fileA;
    private final Imatrix fileB;
    private final ImatrixEntry a;
    private final ImatrixEntry b;
    private final MatrixCounts countsA;
    private final MatrixCounts countsB;

    TensorPair(Imatrix fileA, ImatrixEntry a, MatrixCounts countsA, Imatrix fileB, ImatrixEntry b,
            MatrixCounts countsB) {
        this.fileA = fileA;
        this.fileB = fileB;
        this.a = a;
        this.b = b;
        this.countsA = countsA;
        this.countsB = countsB;
    }

    public TensorName name() {
        return a.name();
    }

    public ImatrixEntry a() {
        return a;
    }

    public ImatrixEntry b() {
        return b;
    }

    /** Matrices of the tensor, one per expert; stored or inferred. */
    public int matrices() {
        return countsA.matrices();
    }

    /** Columns of a matrix. */
    public long columns() {
        return a.size() / matrices();
    }

    /** Columns of all matrices that have data in both files. */
    public long elements() {
        return columns() * IntStream.range(0, matrices()).filter(this::inBoth).count();
    }

    private boolean inBoth(int matrix) {
        return countsA.of(matrix) > 0 && countsB.of(matrix) > 0;
    }

    /** Matrices that have data in A and none in B. */
    public List<Integer> onlyInA() {
        return IntStream.range(0, matrices()).filter(i -> countsA.of(i) > 0 && countsB.of(i) == 0).boxed().toList();
    }

    /** Matrices that have data in B and none in A. */
    public List<Integer> onlyInB() {
        return IntStream.range(0, matrices()).filter(i -> countsB.of(i) > 0 && countsA.of(i) == 0).boxed().toList();
    }

    /** Whether all matrices of A that have data share one count, and all of B: their sums are then ordered as their means. */
    boolean countsAlike() {
        return countsA.alike() && countsB.alike();
    }

    /** Where a thread keeps the values of both files. */
    public static final class Buffers {
        /** Values per block: what stays in the second-level cache while several loops pass over both. */
        static final int BLOCK = 1 << 14;

        private final float[] a = new float[BLOCK];
        private final float[] b = new float[BLOCK];
    }

    /** Values of a matrix that has data in both files. */
    @FunctionalInterface
    public interface Span {
        /**
         * @param a      sums of A; divided by {@code countA} they are E[x²]
         * @param b      sums of B, likewise
         * @param from   the first column of the span in both arrays
         * @param to     the column after the last
         * @param start  where the first column stands among all values of the tensor
         */
        void take(float[] a, double countA, float[] b, double countB, int from, int to, long start)
                throws FormatException;
    }

    /** Gives all values that both files have, from the first to the last, in spans of one matrix and one block. */
    public void forEachSpan(Buffers buffers, Span span) throws FormatException {
        long columns = columns();
        for (long start = 0; start < a.size(); start += Buffers.BLOCK) {
            int length = (int) Math.min(Buffers.BLOCK, a.size() - start);
            fileA.squares(a, start, buffers.a, length);
            fileB.squares(b, start, buffers.b, length);
            for (int from = 0; from < length;) {
                int matrix = (int) ((start + from) / columns);
                int to = (int) Math.min(length, (matrix + 1) * columns - start);
                if (inBoth(matrix)) {
                    span.take(buffers.a, countsA.of(matrix), buffers.b, countsB.of(matrix), from, to, start + from);
                }
                from = to;
            }
        }
    }

    @Override
    public String toString() {
        return name().name();
    }
}
