package org.imatrixstats.journal;

import java.util.concurrent.locks.LockSupport;

/** A task for the moment when a signal such as that of Ctrl-C ends the process. Signals run no finally. */
public final class SignalHook implements AutoCloseable {
    private final Thread hook;

    /** If a signal is ending the process already, the task runs now, and this does not return. */
    public SignalHook(Runnable task) {
        hook = new Thread(task);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            task.run();
            waitForEnd();
        }
    }

    /** Waits for the end if a signal is ending the process, so that it ends with the exit code of the signal. */
    public static void waitIfEnding() {
        new SignalHook(() -> {
        }).close();
    }

    /** Drops the task. If a signal is ending the process, the task runs, and this does not return. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            waitForEnd();
        }
    }

    private static void waitForEnd() {
        while (true) {
            LockSupport.park();
        }
    }
}
