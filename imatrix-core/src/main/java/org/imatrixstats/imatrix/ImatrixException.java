package org.imatrixstats.imatrix;

import org.imatrixstats.io.FormatException;

/** A well-formed file that is not a sound importance matrix. */
public class ImatrixException extends FormatException implements Remedy.Known {
    private static final long serialVersionUID = 1L;

    private final Remedy remedy;

    public ImatrixException(String source, String reason) {
        this(source, reason, (Remedy) null);
    }

    /** @param remedy what helps; null if nothing is known to */
    public ImatrixException(String source, String reason, Remedy remedy) {
        super(source, reason);
        this.remedy = remedy;
    }

    public ImatrixException(String source, String tensor, String reason) {
        super(source, tensor, reason);
        this.remedy = null;
    }

    @Override
    public Remedy remedy() {
        return remedy;
    }
}
