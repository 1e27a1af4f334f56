package org.imatrixstats.app.terminal;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows progress on standard error after one second, on a terminal only: the share that is done, the rate where the work is
 * counted in bytes or values, and the time left.
 */
public final class Progress implements AutoCloseable {
    private static final long SECOND = 1_000_000_000L;
    private static final long EVERY_NANOS = SECOND / 5;
    /** Before that, the rate says nothing of the time left. */
    private static final long TIME_LEFT_AFTER = 3 * SECOND;
    private static final int PERCENT = 100;
    private static final double MIB = 1024 * 1024;
    private static final double MILLION = 1e6;

    /** What a work is counted in. */
    public enum Unit {
        /** Anything of which people do not know the size. */
        WORK,
        /** Shown as MiB per second. */
        BYTES,
        /** Shown as millions per second. */
        VALUES
    }

    private final PrintWriter err;
    private final boolean shown;
    private final String what;
    private final long total;
    private final Unit unit;
    private final long start = System.nanoTime();
    private long done;
    private long next = start + SECOND;
    private int drawn;

    /** @param total the whole work */
    public Progress(PrintWriter err, boolean shown, String what, long total, Unit unit) {
        this.err = err;
        this.shown = shown;
        this.what = what;
        this.total = total;
        this.unit = unit;
    }

    /** Some more work was done, by any thread. */
    public synchronized void advance(long work) {
        done += work;
        long now = System.nanoTime();
        if (shown && now >= next) {
            next = now + EVERY_NANOS;
            draw(what + " " + PERCENT * done / Math.max(1, total) + "%" + speed(now - start));
        }
    }

    /** A step that people may follow in a log: a line where no progress is drawn. */
    public void note(String line) {
        if (!shown) {
            long now = System.nanoTime();
            err.println(Text.printable(line) + (done < total ? speed(now - start) : ""));
        }
    }

    private String speed(long elapsed) {
        if (elapsed < TIME_LEFT_AFTER || done == 0) {
            return "";
        }
        long left = (long) ((double) elapsed / done * Math.max(0, total - done) / SECOND);
        String rate = switch (unit) {
            case WORK -> "";
            case BYTES -> String.format(Locale.ROOT, ", %.1f MiB/s", done / MIB * SECOND / elapsed);
            case VALUES -> String.format(Locale.ROOT, ", %.1f million values/s", done / MILLION * SECOND / elapsed);
        };
        return rate + String.format(Locale.ROOT, ", %d:%02d left", left / 60, left % 60);
    }

    private void draw(String line) {
        err.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
        err.flush();
        drawn = Math.max(drawn, line.length());
    }

    /** Wipes the line. */
    @Override
    public void close() {
        if (drawn > 0) {
            err.print("\r" + " ".repeat(drawn) + "\r");
            err.flush();
        }
    }
}
