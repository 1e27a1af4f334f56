package org.imatrixstats.imatrix;

import java.nio.file.Path;

import org.imatrixstats.io.FormatException;

/** A well-formed file that is not a sound importance matrix. */
public class ImatrixException extends FormatException {
    private static final long serialVersionUID = 1L;

    public ImatrixException(Path file, String reason) {
        super(file, reason);
    }

    public ImatrixException(Path file, String tensor, String reason) {
        super(file, tensor, reason);
    }
}
