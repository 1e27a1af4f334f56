package org.imatrixstats.app.browse;

/** What a key cannot do by itself. */
sealed interface Request {
    /** The end, with the exit code of the process. */
    record Quit(int exitCode) implements Request {
    }

    /** Write a file. */
    record Write(String file, String content, boolean replace) implements Request {
    }
}
