package org.imatrixstats.compare;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;
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

        private void read(Block block, float[] into) throws FormatException {
            file.inSum2(entry, block.start(), into, block.length());
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

    /** All values, of which each row belongs to one matrix. */
    Partition values() {
        return Partition.whole(matrices(), columns);
    }

    /** Where a thread keeps the values of both files. */
    static final class Buffers {
        private final float[] a = new float[Partition.BLOCK];
        private final float[] b = new float[Partition.BLOCK];
    }

    /** Values of a matrix that has data in both files. */
    @FunctionalInterface
    interface Span {
        /**
         * @param a     sums of A; divided by {@code countA} they are E[x²]
         * @param b     sums of B, likewise
         * @param from  the first column of the span in both arrays
         * @param to    the column after the last
         * @param start where the first column stands among all values of the tensor
         */
        void take(float[] a, double countA, float[] b, double countB, int from, int to, long start)
                throws FormatException;
    }

    /** Values of a matrix that has data in both files, of one of these. */
    @FunctionalInterface
    interface SideSpan {
        void take(float[] values, double count, int from, int to) throws IOException;
    }

    /** Gives the values of a part that both files have, in order. */
    void forEachSpan(Partition part, Buffers buffers, Span span) throws FormatException {
        for (Block block : part) {
            a.read(block, buffers.a);
            b.read(block, buffers.b);
            for (Block.Span row : block) {
                long countA = a.counts.of((int) row.row());
                long countB = b.counts.of((int) row.row());
                if (countA > 0 && countB > 0) {
                    span.take(buffers.a, countA, buffers.b, countB, row.from(), row.to(), block.start() + row.from());
                }
            }
        }
    }

    /** Gives all values that both files have, of one of them. */
    void forEachSpan(Buffers buffers, Side side, SideSpan span) throws IOException {
        for (Block block : values()) {
            side.read(block, buffers.a);
            for (Block.Span row : block) {
                int matrix = (int) row.row();
                if (a.counts.of(matrix) > 0 && b.counts.of(matrix) > 0) {
                    span.take(buffers.a, side.counts.of(matrix), row.from(), row.to());
                }
            }
        }
    }

    @Override
    public String toString() {
        return name().name();
    }
}
