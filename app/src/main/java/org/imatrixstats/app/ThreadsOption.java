package org.imatrixstats.app;

import java.util.function.Supplier;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** On how many processors figures are computed. */
final class ThreadsOption extends Options {
    private final Supplier<Integer> threads = option("--threads", "N", Integer.class,
            "processors to use (default: all); the figures do not depend on it");

    void validate(CommandLine command) {
        if (threads.get() != null && threads.get() < 1) {
            throw new ParameterException(command, "--threads must be at least 1, not " + threads.get());
        }
    }

    int count() {
        return threads.get() != null ? threads.get() : Runtime.getRuntime().availableProcessors();
    }
}
