package org.imatrixstats.compare;

import java.util.BitSet;

import org.imatrixstats.imatrix.Fillers;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;

/** How many rows each matrix of an entry saw, also where the file stores one count for all of them. */
final class MatrixCounts {
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
        BitSet fillers = Fillers.of(imatrix, entry, matrices);
        for (int i = 0; i < matrices; i++) {
            counts[i] = fillers.get(i) ? 0 : entry.count(shared ? 0 : i);
        }
        return new MatrixCounts(counts);
    }

    int matrices() {
        return counts.length;
    }

    /** 0 for a matrix without data. */
    long of(int matrix) {
        return counts[matrix];
    }
}
