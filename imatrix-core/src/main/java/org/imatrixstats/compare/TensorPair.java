package org.imatrixstats.compare;

import java.io.IOException;
import java.util.Arrays;
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
        long count(int numberInBoth) {
            return counts.of(matricesInBoth[numberInBoth]);
        }

        void read(Block block, float[] into) throws FormatException {
            file.inSum2(entry, block.start(), into, 0, block.length());
        }

        /** Reads the columns of the matrices that both files have, one matrix after the other. */
        void readAll(float[] into) throws FormatException {
            int width = (int) columns;
            for (int from = 0, to; from < matricesInBoth.length; from = to) {
                to = from + 1;
                while (to < matricesInBoth.length && matricesInBoth[to] == matricesInBoth[to - 1] + 1) {
                    to++;
                }
                file.inSum2(entry, matricesInBoth[from] * columns, into, from * width, (to - from) * width);
            }
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

    /** The number of a matrix among those that both files have; negative if they do not. */
    int numberInBoth(long matrix) {
        return Arrays.binarySearch(matricesInBoth, (int) matrix);
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

    /** Values of a matrix that has data in both files, of one of these. */
    @FunctionalInterface
    interface SideSpan {
        void take(float[] values, double count, int from, int to) throws IOException;
    }

    /** Gives all values that both files have, of one of them. */
    void forEachSpan(float[] buffer, Side side, SideSpan span) throws IOException {
        for (Block block : values()) {
            side.read(block, buffer);
            for (Block.Span row : block) {
                int matrix = numberInBoth(row.row());
                if (matrix >= 0) {
                    span.take(buffer, side.count(matrix), row.from(), row.to());
                }
            }
        }
    }

    @Override
    public String toString() {
        return name().name();
    }
}
