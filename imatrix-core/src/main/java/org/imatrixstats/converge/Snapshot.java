package org.imatrixstats.converge;

import java.util.OptionalLong;
import java.util.stream.LongStream;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;

/**
 * What a run had collected at one moment.
 *
 * <p>llama-imatrix writes a snapshot as soon as the first tensor has seen the chunk that it is named after: the others have
 * seen one chunk less. The rows say so; the number of chunks does not.
 *
 * @param imatrix  the open file
 * @param chunks   chunks as the file counts them; empty where it does not say
 * @param rows     rows that most tensors had seen (GGUF: tokens; legacy: chunks)
 * @param reached  experts with data, over all tensors that store a count for each; 0 if none does
 * @param experts  experts of those tensors
 */
public record Snapshot(Imatrix imatrix, OptionalLong chunks, long rows, long reached, long experts) {
    static Snapshot of(Imatrix imatrix) {
        long rows = typicalRows(imatrix);
        OptionalLong size = imatrix.origin().chunkSize();
        OptionalLong chunks = imatrix.origin().chunkCount();
        if (chunks.isEmpty() && imatrix.origin().format() == Imatrix.Format.LEGACY) {
            chunks = OptionalLong.of(rows);
        } else if (chunks.isEmpty() && size.isPresent() && size.getAsLong() > 0) {
            chunks = OptionalLong.of(rows / size.getAsLong());
        }
        long experts = 0;
        long empty = 0;
        for (ImatrixEntry entry : imatrix.entries().values()) {
            experts += entry.experts() > 1 ? entry.experts() : 0;
            empty += entry.experts() > 1 ? entry.expertsWithoutData() : 0;
        }
        return new Snapshot(imatrix, chunks, rows, experts - empty, experts);
    }

    Snapshot withoutChunks() {
        return new Snapshot(imatrix, OptionalLong.empty(), rows, reached, experts);
    }

    /** The median of the tensors that every token goes through; of all if there is none. */
    private static long typicalRows(Imatrix imatrix) {
        boolean dense = imatrix.entries().values().stream().anyMatch(entry -> entry.experts() == 1);
        long[] rows = imatrix.entries().values().stream().filter(entry -> !dense || entry.experts() == 1)
                .mapToLong(Snapshot::rows).sorted().toArray();
        return rows[rows.length / 2];
    }

    /** Rows that all experts of a tensor saw together. */
    static long rows(ImatrixEntry entry) {
        return LongStream.range(0, entry.experts()).map(expert -> entry.count((int) expert)).sum();
    }

    /** The tensor; null if nothing had reached it yet. */
    ImatrixEntry entry(String tensor) {
        return imatrix.entries().get(tensor);
    }

    public String name() {
        return imatrix.name();
    }
}
