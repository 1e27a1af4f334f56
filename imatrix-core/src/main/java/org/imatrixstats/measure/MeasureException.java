package org.imatrixstats.measure;

import java.io.IOException;

/** A program did not do what was asked of it. The message says which, how it ended, and where its output is. */
final class MeasureException extends IOException {
    private static final long serialVersionUID = 1L;

    MeasureException(String message) {
        super(message);
    }

    MeasureException(String message, Throwable cause) {
        super(message, cause);
    }
}
