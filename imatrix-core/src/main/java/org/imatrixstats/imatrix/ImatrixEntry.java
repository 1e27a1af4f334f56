package org.imatrixstats.imatrix;

import java.util.Arrays;

import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorName;

/**
 * What an importance matrix holds for one weight tensor: for each input column the sum of x² over the rows (tokens) seen,
 * and how many rows that were. The tensor of a mixture of experts has one matrix per expert, laid end to end, each with a
 * count of its own.
 *
 * <p>The mean of column j is E[x²] = sum / count, of the count that belongs to the column's matrix. A count of 0 means
 * that no row was seen: the columns are then undefined.
 */
public final class ImatrixEntry {
    /** In place of an offset: the file holds no such data. */
    static final long ABSENT = -1;

    private final TensorName name;
    private final long size;
    private final long[] counts;
    private final long inSum2Offset;
    private final long inSumOffset;

    /**
     * @param size          values: columns of all matrices together; a multiple of the number of counts
     * @param counts        rows seen, per matrix, or one for all
     * @param inSum2Offset where in the file the sums of x² are
     * @param inSumOffset    where in the file the sums of x are; {@link #ABSENT}
     */
    ImatrixEntry(TensorName name, long size, long[] counts, long inSum2Offset, long inSumOffset) {
        this.name = name;
        this.size = size;
        this.counts = counts;
        this.inSum2Offset = inSum2Offset;
        this.inSumOffset = inSumOffset;
    }

    public TensorName name() {
        return name;
    }

    /** Values stored: columns of all matrices together, with or without data. */
    public long size() {
        return size;
    }

    /** How many counts there are: one, or one per expert. */
    public int experts() {
        return counts.length;
    }

    /** Columns that share a count. */
    public long columns() {
        return size / counts.length;
    }

    /** Rows (GGUF: tokens; legacy: chunks) that an expert saw. */
    public long count(int expert) {
        return counts[expert];
    }

    /** Rows that the expert saw whose values these are. */
    public long count(Block.Span values) {
        return counts[(int) values.row()];
    }

    boolean sameCounts(ImatrixEntry other) {
        return Arrays.equals(counts, other.counts);
    }

    /** All values, of which each row belongs to one expert. */
    public Partition values() {
        return Partition.whole(experts(), columns());
    }

    /** Experts that no row reached. */
    public int expertsWithoutData() {
        int without = 0;
        for (long count : counts) {
            without += count == 0 ? 1 : 0;
        }
        return without;
    }

    /** Columns that have data: the N of the statistics. */
    public long elements() {
        return columns() * (experts() - expertsWithoutData());
    }

    /** Whether the file holds sums of x beside those of x². */
    public boolean hasInSum() {
        return inSumOffset != ABSENT;
    }

    long inSum2Offset() {
        return inSum2Offset;
    }

    long inSumOffset() {
        return inSumOffset;
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
