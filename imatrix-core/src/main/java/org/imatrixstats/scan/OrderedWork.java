package org.imatrixstats.scan;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Pieces that several threads make and one thread takes in their order, with few of them held at a time. */
public final class OrderedWork {
    /** Takes a piece. */
    @FunctionalInterface
    public interface Taker<T> {
        void take(T piece) throws IOException;
    }

    private OrderedWork() {
    }

    /** @throws IOException the first that a piece, in their order, or the taker threw */
    public static <T> void run(Iterator<Callable<T>> pieces, int threads, Taker<T> taker) throws IOException {
        ExecutorService workers = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
        try {
            Queue<Future<T>> ahead = new ArrayDeque<>();
            while (pieces.hasNext() || !ahead.isEmpty()) {
                while (pieces.hasNext() && ahead.size() < 2 * threads) {
                    ahead.add(workers.submit(pieces.next()));
                }
                taker.take(result(ahead.remove()));
            }
        } finally {
            workers.shutdownNow();
        }
    }

    private static <T> T result(Future<T> piece) throws IOException {
        try {
            return piece.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case Throwable cause -> throw new IllegalStateException(cause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
