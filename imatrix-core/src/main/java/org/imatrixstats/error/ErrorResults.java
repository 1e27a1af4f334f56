package org.imatrixstats.error;

import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;

import org.imatrixstats.numeric.ErrorSums;

/**
 * Where the results of tasks go as they come, from whichever thread or machine.
 *
 * @param fold    receives them
 * @param journal keeps them; null without one
 * @param done    is told of the work of each task, by one thread at a time
 */
public record ErrorResults(ErrorFold fold, ErrorJournal journal, LongConsumer done) {
    public synchronized void add(ErrorTask task, List<ErrorSums> sums) throws IOException {
        fold.add(task.number(), sums);
        if (journal != null) {
            journal.add(task.number(), sums);
        }
        done.accept(task.work());
    }
}
