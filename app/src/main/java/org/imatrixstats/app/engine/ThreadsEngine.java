package org.imatrixstats.app.engine;

import java.io.IOException;
import java.util.List;

import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.error.ErrorMeasure;
import org.imatrixstats.error.ErrorResults;
import org.imatrixstats.error.ErrorTask;

/** The threads of this machine. */
public final class ThreadsEngine extends ErrorEngine {
    private final ThreadsOption threads = include(new ThreadsOption());

    @Override
    public String program() {
        return Console.NAME + " error";
    }

    @Override
    public int threads() {
        return threads.count();
    }

    @Override
    public void run(Measured measured, List<ErrorTask> tasks, ErrorResults results) throws IOException {
        ErrorMeasure.run(measured.inputs(), tasks, threads.count(), results);
    }
}
