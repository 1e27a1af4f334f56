package org.imatrixstats.app.command;

/** What the process answers to scripts; documented in docs/. */
public final class ExitCode {
    public static final int DONE = 0;
    /** A file could not be read, written or made sense of. */
    public static final int FAILED = 1;
    /** The command line makes no sense. */
    public static final int USAGE = 2;
    /** {@code check} found errors, or with {@code --strict} warnings. */
    public static final int FOUND = 3;
    /** An internal error. */
    public static final int BUG = 70;

    private ExitCode() {
    }
}
