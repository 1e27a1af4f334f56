package org.imatrixstats.app.option;

import java.util.function.Supplier;

/** On how many processors figures are computed. */
public final class ThreadsOption extends Options {
    private final Supplier<Integer> threads = option("--threads", "N", Integer.class,
            "number of threads (default: all processors); the results do not depend on it");

    public boolean given() {
        return threads.get() != null;
    }

    public int count() {
        return given() ? threads.get() : Runtime.getRuntime().availableProcessors();
    }
}
