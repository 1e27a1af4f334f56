package org.imatrixstats.compare;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;

/** How many rows each matrix of an entry saw, also where the file stores one count for all of them. */
final class MatrixCounts {
    /** The first values mostly tell. */
    private static final int FEW = 1 << 10;

    private final long[] counts;

    private MatrixCounts(long[] counts) {
        this.counts = counts;
    }

    /**
     * @param matrices how many there are: as many as the entry has counts, or any divisor of its size if it has one
     */
    static MatrixCounts of(Imatrix imatrix, ImatrixEntry entry, int matrices) throws FormatException {
        long[] counts = new long[matrices];
        boolean shared = entry.experts() < matrices;
        for (int i = 0; i < matrices; i++) {
            long count = entry.count(shared ? 0 : i);
            counts[i] = shared && isFiller(imatrix, entry, i, entry.size() / matrices) ? 0 : count;
        }
        return new MatrixCounts(counts);
    }

    /**
     * In a file with one count for all matrices, llama.cpp writes E[x²] = 1 in every column of one that no row reached.
     */
    private static boolean isFiller(Imatrix imatrix, ImatrixEntry entry, int matrix, long columns)
            throws FormatException {
        float one = entry.count(0);
        float[] values = new float[(int) Math.min(FEW, columns)];
        for (Block block : new Partition(0, matrix, 1, columns).blocks(FEW)) {
            imatrix.squares(entry, block.start(), values, block.length());
            for (int i = 0; i < block.length(); i++) {
                if (values[i] != one) {
                    return false;
                }
            }
        }
        return true;
    }

    int matrices() {
        return counts.length;
    }

    /** 0 for a matrix without data. */
    long of(int matrix) {
        return counts[matrix];
    }
}
