package org.imatrixstats.app.terminal;

import java.io.PrintWriter;

/** How far a long work has got, on standard error, from its second second on, if that is a terminal. */
public final class Progress implements AutoCloseable {
    private static final long FIRST_AFTER_NANOS = 1_000_000_000L;
    private static final long EVERY_NANOS = 200_000_000L;
    private static final int PERCENT = 100;

    private final PrintWriter err;
    private final boolean shown;
    private final String what;
    private final long total;
    private long done;
    private long next = System.nanoTime() + FIRST_AFTER_NANOS;
    private boolean drawn;

    /** @param total the whole work, in any unit */
    public Progress(PrintWriter err, boolean shown, String what, long total) {
        this.err = err;
        this.shown = shown;
        this.what = what;
        this.total = total;
    }

    /** Some more work was done. */
    public void advance(long work) {
        done += work;
        long now = System.nanoTime();
        if (shown && now >= next) {
            next = now + EVERY_NANOS;
            drawn = true;
            err.print("\r" + what + " " + PERCENT * done / Math.max(1, total) + "%");
            err.flush();
        }
    }

    /** Wipes the line. */
    @Override
    public void close() {
        if (drawn) {
            err.print("\r" + " ".repeat(what.length() + 6) + "\r");
            err.flush();
        }
    }
}
