package org.imatrixstats.app.output;

import java.util.List;
import java.util.OptionalLong;

import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;

/**
 * What is said of a file as a whole.
 *
 * @param entries tensors that it holds, also those that are not selected
 * @param digest  fingerprint of its content; null where it is not shown
 * @param tokens  rows that the most used tensor without experts saw; empty for a legacy file, which counts chunks
 */
public record FileSummary(String name, long bytes, Imatrix.Origin origin, int entries, ContentDigest digest,
        OptionalLong tokens) {
    public static FileSummary of(Imatrix imatrix, ContentDigest digest) {
        return new FileSummary(imatrix.name(), imatrix.bytes(), imatrix.origin(), imatrix.entries().size(),
                digest, tokens(imatrix));
    }

    private static OptionalLong tokens(Imatrix imatrix) {
        if (imatrix.origin().format() == Imatrix.Format.LEGACY) {
            return OptionalLong.empty();
        }
        return imatrix.entries().values().stream().filter(entry -> entry.experts() == 1)
                .mapToLong((ImatrixEntry entry) -> entry.count(0)).max();
    }

    public List<String> datasets() {
        return origin.datasets();
    }
}
