package org.imatrixstats.app.option;

import java.util.function.Supplier;

import org.imatrixstats.imatrix.ContentDigest;

/** How the fingerprint of a file's content is computed. */
public final class DigestOption extends Options {
    private final Supplier<ContentDigest.Algorithm> algorithm = option("--digest", "ALGORITHM",
            ContentDigest.Algorithm.class, "murmur3",
            "fingerprint of the content: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, which is fast; sha256 also resists deliberate collisions)");

    public ContentDigest.Algorithm algorithm() {
        return algorithm.get();
    }
}
