package org.imatrixstats.imatrix;

import org.imatrixstats.io.FormatException;

/** A well-formed file that is not a sound importance matrix. */
public class ImatrixException extends FormatException {
    private static final long serialVersionUID = 1L;

    public ImatrixException(String source, String reason) {
        super(source, reason);
    }

    public ImatrixException(String source, String tensor, String reason) {
        super(source, tensor, reason);
    }
}
