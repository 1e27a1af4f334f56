package org.imatrixstats.app;

import java.util.function.Supplier;

/** On how many processors figures are computed. */
final class ThreadsOption extends Options {
    private final Supplier<Integer> threads = option("--threads", "N", Integer.class,
            "processors to use (default: all); the figures do not depend on it");

    int count() {
        return threads.get() != null ? threads.get() : Runtime.getRuntime().availableProcessors();
    }
}
