package org.imatrixstats.combine;

import org.imatrixstats.imatrix.ImatrixException;

/** A value that no importance matrix should hold would be written; {@link Tolerance#invalid()} lets it pass. */
public final class InvalidValueException extends ImatrixException {
    private static final long serialVersionUID = 1L;

    InvalidValueException(String source, String tensor, String reason) {
        super(source, tensor, reason);
    }
}
