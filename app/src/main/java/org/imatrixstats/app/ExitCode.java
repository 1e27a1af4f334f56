package org.imatrixstats.app;

/** What the process answers to scripts; documented in docs/. */
final class ExitCode {
    static final int DONE = 0;
    /** A file could not be read, written or made sense of. */
    static final int FAILED = 1;
    /** The command line makes no sense. */
    static final int USAGE = 2;
    /** {@code check} found errors, or with {@code --strict} warnings. */
    static final int FOUND = 3;
    /** A bug of ours. */
    static final int BUG = 70;

    private ExitCode() {
    }
}
