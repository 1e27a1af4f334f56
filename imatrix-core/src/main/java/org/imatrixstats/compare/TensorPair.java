package org.imatrixstats.compare;

import java.util.List;
import java.util.stream.IntStream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.tensor.TensorName;

/**
 * One tensor in two importance matrices, with as many values and matrices (one per expert) in both. What is compared are
 * the means e = E[x²] = sum / count of the columns of the matrices that have data in both.
 */
public final class TensorPair {
    private final Side a;
    private final Side b;
    private final int[] matricesInBoth;
    private final long columns;

    TensorPair(Imatrix fileA, ImatrixEntry a, MatrixCounts countsA, Imatrix fileB, ImatrixEntry b,
            MatrixCounts countsB) {
        this.matricesInBoth = IntStream.range(0, countsA.matrices())
                .filter(matrix -> countsA.of(matrix) > 0 && countsB.of(matrix) > 0).toArray();
        this.columns = a.size() / countsA.matrices();
        this.a = new Side(fileA, a, countsA);
        this.b = new Side(fileB, b, countsB);
    }

    /** What one of the files says of the tensor. */
    final class Side {
        private final Imatrix file;
        private final ImatrixEntry entry;
        private final MatrixCounts counts;

        private Side(Imatrix file, ImatrixEntry entry, MatrixCounts counts) {
            this.file = file;
            this.entry = entry;
            this.counts = counts;
        }

        /** The count here of one of the matrices that both files have, by its number among these. */
        long countOfMatrixInBoth(int number) {
            return counts.of(matricesInBoth[number]);
        }

        private void read(long from, float[] into, int length) throws FormatException {
            file.squares(entry, from, into, length);
        }
    }

    Side sideA() {
        return a;
    }

    Side sideB() {
        return b;
    }

    public TensorName name() {
        return a.entry.name();
    }

    String fileA() {
        return a.file.name();
    }

    public ImatrixEntry a() {
        return a.entry;
    }

    public ImatrixEntry b() {
        return b.entry;
    }

    /** Matrices of the tensor, one per expert; stored or inferred. */
    public int matrices() {
        return a.counts.matrices();
    }

    boolean sameCounts() {
        return IntStream.range(0, matrices()).allMatch(matrix -> a.counts.of(matrix) == b.counts.of(matrix));
    }

    /** Columns of a matrix. */
    public long columns() {
        return columns;
    }

    /** Columns of all matrices that have data in both files. */
    public long elements() {
        return columns() * matricesInBoth.length;
    }

    /** Matrices that have data in A. */
    public long matricesInA() {
        return IntStream.range(0, matrices()).filter(matrix -> a.counts.of(matrix) > 0).count();
    }

    /** Matrices that have data in B. */
    public long matricesInB() {
        return IntStream.range(0, matrices()).filter(matrix -> b.counts.of(matrix) > 0).count();
    }

    /** Matrices that have data in A and none in B. */
    public List<Integer> onlyInA() {
        return only(a, b);
    }

    /** Matrices that have data in B and none in A. */
    public List<Integer> onlyInB() {
        return only(b, a);
    }

    /** Matrices that have data in neither. */
    public List<Integer> inNeither() {
        return IntStream.range(0, matrices()).filter(matrix -> a.counts.of(matrix) == 0 && b.counts.of(matrix) == 0)
                .boxed().toList();
    }

    private List<Integer> only(Side side, Side other) {
        return IntStream.range(0, matrices())
                .filter(matrix -> side.counts.of(matrix) > 0 && other.counts.of(matrix) == 0).boxed().toList();
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

    /** Values of a matrix that has data in both files, of one of these. */
    @FunctionalInterface
    interface SideSpan {
        void take(float[] values, double count, int length) throws FormatException;
    }

    /** Gives all values that both files have, from the first to the last, in spans of one matrix and one block. */
    public void forEachSpan(Buffers buffers, Span span) throws FormatException {
        forEachSpan((start, length) -> {
            a.read(start, buffers.a, length);
            b.read(start, buffers.b, length);
        }, (matrix, length, start) -> span.take(buffers.a, a.counts.of(matrix), buffers.b, b.counts.of(matrix), 0,
                length, start));
    }

    /** The same for one of the files alone. */
    void forEachSpan(Buffers buffers, Side side, SideSpan span) throws FormatException {
        forEachSpan((start, length) -> side.read(start, buffers.a, length),
                (matrix, length, _) -> span.take(buffers.a, side.counts.of(matrix), length));
    }

    @FunctionalInterface
    private interface Block {
        void read(long start, int length) throws FormatException;
    }

    @FunctionalInterface
    private interface Place {
        void take(int matrix, int length, long start) throws FormatException;
    }

    private void forEachSpan(Block block, Place place) throws FormatException {
        for (int matrix : matricesInBoth) {
            long end = (matrix + 1) * columns;
            for (long start = matrix * columns; start < end; start += Buffers.BLOCK) {
                int length = (int) Math.min(Buffers.BLOCK, end - start);
                block.read(start, length);
                place.take(matrix, length, start);
            }
        }
    }

    @Override
    public String toString() {
        return name().name();
    }
}
