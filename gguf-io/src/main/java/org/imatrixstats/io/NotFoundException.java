package org.imatrixstats.io;

/** There is no such file. */
public final class NotFoundException extends FormatException {
    private static final long serialVersionUID = 1L;

    NotFoundException(String source) {
        super(source, "there is no such file on the server (404)");
    }

    public NotFoundException(String source, Throwable cause) {
        super(source, "no such file", cause);
    }
}
