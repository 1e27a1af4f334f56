package org.imatrixstats.journal;

import java.nio.file.Path;

import org.imatrixstats.imatrix.Remedy;
import org.imatrixstats.io.FormatException;

/** A journal that cannot be read, and what helps. */
public final class JournalException extends FormatException implements Remedy.Known {
    private static final long serialVersionUID = 1L;

    private final Remedy remedy;

    JournalException(Path file, String reason, Remedy remedy, Throwable cause) {
        super(file, reason, cause);
        this.remedy = remedy;
    }

    @Override
    public Remedy remedy() {
        return remedy;
    }
}
