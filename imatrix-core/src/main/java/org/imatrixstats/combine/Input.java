package org.imatrixstats.combine;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;

/**
 * An importance matrix as an input of a combination: sums and counts of rows, whichever container it is in.
 *
 * <p>A legacy file holds E[x²] · chunks. With c tokens per chunk its sums are the values · c and its counts chunks · c, as
 * llama-imatrix takes them.
 *
 * @param chunkSize tokens per chunk of a legacy file; 1 to count in chunks
 */
record Input(Imatrix imatrix, long chunkSize) {
    /** The sums of x² of an entry, or those of x: {@link #squares} or {@link #sums}. */
    @FunctionalInterface
    interface Values {
        void read(Input input, ImatrixEntry entry, long from, float[] into, int length) throws FormatException;
    }

    static List<Input> of(Collection<Imatrix> imatrices, OptionalLong chunkSize) {
        return imatrices.stream().map(imatrix -> new Input(imatrix, chunkSize.orElse(1))).toList();
    }

    /** That tensors of the file are no part of an importance matrix and will be lost; nothing if there are none. */
    Stream<String> losses() {
        List<String> unknown = imatrix.unknownTensors();
        return unknown.isEmpty()
                ? Stream.empty()
                : Stream.of(file() + ": " + unknown.size() + " further tensors are left out, such as "
                        + unknown.getFirst());
    }

    private boolean legacy() {
        return imatrix.origin().format() == Imatrix.Format.LEGACY;
    }

    ImatrixEntry entry(String name) {
        return imatrix.entries().get(name);
    }

    String file() {
        return imatrix.name();
    }

    long count(ImatrixEntry entry, int expert) {
        return legacy() ? entry.count(expert) * chunkSize : entry.count(expert);
    }

    long[] counts(ImatrixEntry entry) {
        return IntStream.range(0, entry.experts()).mapToLong(expert -> count(entry, expert)).toArray();
    }

    void inSum2(ImatrixEntry entry, long from, float[] into, int length) throws FormatException {
        imatrix.inSum2(entry, from, into, length);
        if (legacy() && chunkSize != 1) {
            for (int i = 0; i < length; i++) {
                into[i] *= chunkSize;
            }
        }
    }

    void inSum(ImatrixEntry entry, long from, float[] into, int length) throws FormatException {
        imatrix.inSum(entry, from, into, length);
    }

    /** Tokens per chunk that the file itself names. */
    OptionalLong ownChunkSize() {
        return imatrix.origin().chunkSize();
    }
}
