package org.imatrixstats.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ParallelTest {
    @Test
    void runsEveryTaskOnce() throws IOException {
        for (int threads : new int[]{1, 2, 3, 8}) {
            for (int tasks : new int[]{0, 1, 2, 1000}) {
                AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                Parallel.forEach(tasks, threads, () -> null, (_, i) -> runs.incrementAndGet(i));
                for (int i = 0; i < tasks; i++) {
                    assertEquals(1, runs.get(i), "task " + i + " of " + tasks + " on " + threads + " threads");
                }
            }
        }
    }

    @Test
    void runsTasksAtTheSameTime() throws IOException {
        CountDownLatch bothBegun = new CountDownLatch(2);
        Parallel.forEach(2, 2, () -> null, (_, _) -> {
            bothBegun.countDown();
            try {
                assertTrue(bothBegun.await(20, TimeUnit.SECONDS), "the other task waits for this one");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void givesEachThreadAWorkerOfItsOwn() throws IOException {
        Set<Thread> owners = ConcurrentHashMap.newKeySet();
        AtomicInteger strangers = new AtomicInteger();
        Parallel.forEach(500, 4, Thread::currentThread, (worker, _) -> {
            owners.add(worker);
            strangers.addAndGet(worker == Thread.currentThread() ? 0 : 1);
        });
        assertEquals(0, strangers.get());
        assertTrue(owners.size() <= 4, owners.size() + " threads");
    }

    @Test
    void runsASingleTaskOnTheCallingThread() throws IOException {
        Thread caller = Thread.currentThread();
        AtomicInteger runs = new AtomicInteger();
        Parallel.forEach(1, 8, () -> null, (_, _) -> {
            assertSame(caller, Thread.currentThread());
            runs.incrementAndGet();
        });
        assertEquals(1, runs.get());
    }

    @Test
    void rethrowsWhatATaskThrows() {
        IOException checked = new IOException("cut short");
        RuntimeException unchecked = new IllegalStateException("bug");
        Error error = new AssertionError("bug");
        for (int threads : new int[]{1, 4}) {
            assertSame(checked, assertThrows(IOException.class, () -> failing(threads, checked)));
            assertSame(unchecked, assertThrows(IllegalStateException.class, () -> failing(threads, unchecked)));
            assertSame(error, assertThrows(AssertionError.class, () -> failing(threads, error)));
        }
    }

    private static void failing(int threads, Throwable failure) throws IOException {
        Parallel.forEach(100, threads, () -> null, (_, i) -> {
            if (i == 50) {
                switch (failure) {
                    case IOException e -> throw e;
                    case RuntimeException e -> throw e;
                    default -> throw (Error) failure;
                }
            }
        });
    }

    @Test
    void rethrowsTheFailureOfTheFirstTaskWhicheverThreadIsFaster() {
        for (int round = 0; round < 50; round++) {
            assertEquals("task 2",
                    assertThrows(IOException.class, () -> Parallel.forEach(100, 4, () -> null, (_, i) -> {
                        if (i >= 2) {
                            LockSupport.parkNanos(i == 2 ? 1_000_000 : 0);
                            throw new IOException("task " + i);
                        }
                    })).getMessage());
        }
    }

    @Test
    void beginsNoTaskAfterAFailure() {
        AtomicInteger begun = new AtomicInteger();
        assertThrows(IOException.class, () -> Parallel.forEach(100, 1, () -> null, (_, i) -> {
            begun.incrementAndGet();
            if (i == 3) {
                throw new IOException("cut short");
            }
        }));
        assertEquals(4, begun.get());
    }

    @Test
    void waitsForAllThreadsAndKeepsTheInterruptOfTheCaller() throws IOException {
        AtomicInteger done = new AtomicInteger();
        Thread caller = Thread.currentThread();
        Parallel.forEach(4, 4, () -> null, (_, i) -> {
            if (i == 0) {
                caller.interrupt();
            }
            done.incrementAndGet();
        });
        assertEquals(4, done.get());
        assertTrue(Thread.interrupted());
    }
}
