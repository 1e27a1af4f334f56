package org.imatrixstats.scan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Work on several threads. Results are kept by number and merged in the order of the numbers, never in the order of their
 * arrival, so that the answer is the same to the bit for any number of threads.
 */
public final class Parallel {
    /** One task; {@code worker} belongs to the thread that runs it (buffers). */
    @FunctionalInterface
    public interface Task<W> {
        void run(W worker, int number) throws IOException;
    }

    /** Takes the sums over one part of the data. */
    @FunctionalInterface
    public interface PartSums<W, S> {
        S of(W worker, Partition part) throws IOException;
    }

    private Parallel() {
    }

    /**
     * Takes sums over all parts of the data and merges those of each item, from its first part to its last.
     *
     * @param grid  the parts in order, at least one of each item
     * @param merge puts the sums of a part to those of the parts before it
     * @param done  told of each part that is done, by one thread at a time
     * @return the sums of the items in their order
     * @throws IOException the one of the first part that threw; parts not yet begun are then left out
     */
    public static <W, S> List<S> fold(List<Partition> grid, int threads, Supplier<W> newWorker, PartSums<W, S> sums,
            BinaryOperator<S> merge, Consumer<Partition> done) throws IOException {
        List<S> parts = new ArrayList<>(Collections.nCopies(grid.size(), null));
        forEach(grid.size(), threads, newWorker, (worker, i) -> {
            parts.set(i, sums.of(worker, grid.get(i)));
            synchronized (done) {
                done.accept(grid.get(i));
            }
        });
        List<S> items = new ArrayList<>();
        for (int i = 0; i < grid.size(); i++) {
            int item = grid.get(i).item();
            if (item == items.size()) {
                items.add(parts.get(i));
            } else {
                items.set(item, merge.apply(items.get(item), parts.get(i)));
            }
        }
        return items;
    }

    /**
     * Runs the tasks 0 to {@code tasks - 1}, on this thread alone if there is one task or one thread.
     *
     * @throws IOException the one of the first task that threw, by number; tasks not yet begun are then left out
     */
    public static <W> void forEach(int tasks, int threads, Supplier<W> newWorker, Task<W> task) throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Failure> failure = new AtomicReference<>(new Failure(tasks, null));
        Runnable work = () -> {
            int number = -1;
            try {
                W worker = newWorker.get();
                for (number = next.getAndIncrement(); number < failure.get().task; number = next.getAndIncrement()) {
                    task.run(worker, number);
                }
            } catch (Throwable e) {
                failure.accumulateAndGet(new Failure(number, e), (a, b) -> b.task < a.task ? b : a);
            }
        };
        List<Thread> helpers = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, tasks); i++) {
            helpers.add(Thread.ofPlatform().daemon().start(work));
        }
        work.run();
        join(helpers);
        rethrow(failure.get().cause);
    }

    /** Tasks are begun in order: of those before this one, all are done or will be. */
    private record Failure(int task, Throwable cause) {
    }

    private static void join(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }
}
