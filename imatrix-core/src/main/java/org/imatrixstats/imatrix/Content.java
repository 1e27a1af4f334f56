package org.imatrixstats.imatrix;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

import org.imatrixstats.io.FormatException;

/**
 * What an importance matrix shall hold.
 *
 * @param datasets   the calibration texts
 * @param chunkSize  tokens per chunk; empty if no input says, which a GGUF file cannot do without
 * @param chunkCount chunks seen; empty to take it from the largest count
 * @param nextnLayers how many of the last layers are NextN (MTP) layers; empty if no input says
 * @param parts      in the order of the names
 * @param warnings   what was lost or looks wrong, one sentence each
 * @param found      what looks wrong with the values, known once they are written
 */
public record Content(List<String> datasets, OptionalLong chunkSize, OptionalLong chunkCount, OptionalLong nextnLayers,
        List<Part> parts, List<String> warnings, Supplier<List<String>> found) {
    public Content {
        datasets = List.copyOf(datasets);
        parts = List.copyOf(parts);
        warnings = List.copyOf(warnings);
    }

    /** What it shall hold of one tensor. Counts are rows (tokens), or chunks if the chunk size is empty. */
    public interface Part {
        /** An entry of an input, with the name and the shape that this one shall have. */
        ImatrixEntry entry();

        default String name() {
            return entry().name().name();
        }

        /** Values: columns of all matrices together. */
        default long size() {
            return entry().size();
        }

        /** Rows seen, per expert or one for all. */
        long[] counts();

        boolean hasInSum();

        /** Makes {@code length} sums of x², from value {@code from} on. */
        void inSum2(long from, float[] into, int length) throws FormatException;

        /** Makes {@code length} sums of x, from value {@code from} on. */
        void inSum(long from, float[] into, int length) throws FormatException;
    }

    /** The largest count of all. */
    private long largestCount() {
        long largest = 0;
        for (Part part : parts) {
            for (long count : part.counts()) {
                largest = Math.max(largest, count);
            }
        }
        return largest;
    }

    /** Chunks seen. */
    public long chunks() {
        return chunks(Long.MAX_VALUE);
    }

    /** Chunks seen, as far as a container can hold their number, which is {@code most}. */
    long chunks(long most) {
        return Math.clamp(chunkCount.orElse(largestCount() / chunkSize.orElse(1)), 0L, most);
    }

    /** The same with other names of calibration texts. */
    public Content withDatasets(List<String> others) {
        return new Content(others, chunkSize, chunkCount, nextnLayers, parts, warnings, found);
    }

    /** What looks wrong with the values that were written, one sentence each. */
    public List<String> warningsOfValues() {
        return found.get();
    }

    /** Bytes of values: the work that writing them is. */
    public long valueBytes() {
        return parts.stream().mapToLong(part -> part.size() * Float.BYTES * (part.hasInSum() ? 2 : 1)).sum();
    }
}
