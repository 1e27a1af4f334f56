package org.imatrixstats.app.spark;

import java.util.List;
import java.util.Locale;

import org.imatrixstats.error.ErrorTask;

/** Progress as lines, since the output of a driver often goes into a log: the first result, then one line at most every ten seconds. */
final class ProgressLines {
    /** Where lines go. */
    @FunctionalInterface
    interface Sink {
        void say(String line);
    }

    private static final long SECOND = 1_000_000_000L;
    private static final long EVERY = 10 * SECOND;
    private static final int PERCENT = 100;

    private final Sink sink;
    private final int tasks;
    private final long work;
    private final long start = System.nanoTime();
    private int done;
    private long workDone;
    private long next = start;

    ProgressLines(Sink sink, List<ErrorTask> tasks) {
        this.sink = sink;
        this.tasks = tasks.size();
        this.work = tasks.stream().mapToLong(ErrorTask::work).sum();
    }

    void done(ErrorTask task) {
        done++;
        workDone += task.work();
        long now = System.nanoTime();
        if (now >= next) {
            next = now + EVERY;
            long left = (long) ((double) (now - start) / workDone * (work - workDone) / SECOND);
            sink.say(String.format(Locale.ROOT, "measured %d%%, %,d of %,d tasks, %.1f million values per second,"
                    + " %d:%02d:%02d left", PERCENT * workDone / work, done, tasks, rate(now), left / 3600,
                    left / 60 % 60, left % 60));
        }
    }

    void end() {
        long now = System.nanoTime();
        sink.say(String.format(Locale.ROOT, "measured %,d tasks in %d s, %.1f million values per second", tasks,
                (now - start) / SECOND, rate(now)));
    }

    /** Millions of values in a type, quantized per second. */
    private double rate(long now) {
        return workDone * 1e-6 * SECOND / Math.max(1, now - start);
    }
}
