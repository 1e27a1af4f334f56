package org.imatrixstats.app.spark;

import java.util.List;
import java.util.Locale;

import org.imatrixstats.error.ErrorTask;

/**
 * Progress as lines, since the output of a driver often goes into a log: the first result, then one line at most every ten
 * seconds.
 */
final class ProgressLines {
    /** Where lines go. */
    @FunctionalInterface
    interface Sink {
        void say(String line);
    }

    private static final long SECOND = 1_000_000_000L;
    private static final long EVERY = 10 * SECOND;
    private static final int PERCENT = 100;
    private static final double MILLION = 1e6;

    private final Sink sink;
    private final int tasks;
    private final long work;
    private final long start = System.nanoTime();
    private int done;
    private long workDone;
    /** When the first result came, and its work: until then the cluster was starting. */
    private long firstAt;
    private long firstWork;
    private long next = start;

    ProgressLines(Sink sink, List<ErrorTask> tasks) {
        this.sink = sink;
        this.tasks = tasks.size();
        this.work = tasks.stream().mapToLong(ErrorTask::work).sum();
    }

    void done(ErrorTask task) {
        long now = System.nanoTime();
        done++;
        workDone += task.work();
        if (done == 1) {
            firstAt = now;
            firstWork = workDone;
        }
        if (now >= next) {
            next = now + EVERY;
            sink.say(String.format(Locale.ROOT, "measured %d%%, %,d of %,d tasks", PERCENT * workDone / work, done,
                    tasks)
                    + (done == 1 ? "" : speed(now)));
        }
    }

    private String speed(long now) {
        double perNano = (double) (workDone - firstWork) / Math.max(1, now - firstAt);
        long left = (long) ((work - workDone) / Math.max(perNano, Double.MIN_NORMAL) / SECOND);
        return String.format(Locale.ROOT, ", %.1f million values/s, %d:%02d:%02d left", perNano * SECOND / MILLION,
                left / 3600, left / 60 % 60, left % 60);
    }

    void end() {
        sink.say(String.format(Locale.ROOT, "measured %,d tasks in %d s", tasks, (System.nanoTime() - start) / SECOND));
    }
}
