package org.imatrixstats.app.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.option.Options;
import org.imatrixstats.error.ErrorInputs;
import org.imatrixstats.error.ErrorResults;
import org.imatrixstats.error.ErrorTask;

/** Runs the tasks of a measurement, in any order and in any place. Its options are those of the place. */
public abstract class ErrorEngine extends Options {
    /**
     * What is measured.
     *
     * @param model   where the model is
     * @param imatrix where the importance matrix is; null without one
     * @param inputs  both, as this machine has opened them
     */
    public record Measured(Path model, Path imatrix, ErrorInputs inputs) {
    }

    /** How a user starts the program, for the help. */
    public abstract String program();

    /** Threads of this machine. */
    public abstract int threads();

    /**
     * Runs tasks.
     *
     * @param results receives what they give, as it comes
     * @throws IOException if a task fails, or a result cannot be kept
     */
    public abstract void run(Measured measured, List<ErrorTask> tasks, ErrorResults results) throws IOException;
}
