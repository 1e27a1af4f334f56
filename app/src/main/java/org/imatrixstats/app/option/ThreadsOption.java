package org.imatrixstats.app.option;

import java.util.function.Supplier;

/** On how many processors figures are computed. */
public final class ThreadsOption extends Options {
    private final Supplier<Integer> threads = option("--threads", "N", Integer.class,
            "processors to use (default: all); the figures do not depend on it");

    public int count() {
        return threads.get() != null ? threads.get() : Runtime.getRuntime().availableProcessors();
    }
}
