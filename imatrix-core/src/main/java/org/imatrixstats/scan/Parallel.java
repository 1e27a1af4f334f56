package org.imatrixstats.scan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Numbered tasks on several threads. Results go into arrays by task number, so that threads never decide an answer. */
public final class Parallel {
    /** One task; {@code worker} belongs to the thread that runs it (buffers). */
    @FunctionalInterface
    public interface Task<W> {
        void run(W worker, int number) throws IOException;
    }

    private Parallel() {
    }

    /**
     * Runs the tasks 0 to {@code tasks - 1}, on this thread alone if there is one task or one thread.
     *
     * @throws IOException the first that a task threw; tasks not yet begun are then left out
     */
    public static <W> void forEach(int tasks, int threads, Supplier<W> newWorker, Task<W> task) throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Runnable work = () -> {
            try {
                W worker = newWorker.get();
                for (int i = next.getAndIncrement(); i < tasks && failure.get() == null; i = next.getAndIncrement()) {
                    task.run(worker, i);
                }
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        };
        List<Thread> helpers = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, tasks); i++) {
            helpers.add(Thread.ofPlatform().daemon().start(work));
        }
        work.run();
        join(helpers);
        rethrow(failure.get());
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
