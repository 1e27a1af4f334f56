package org.imatrixstats.app.terminal;

import java.util.concurrent.locks.LockSupport;

/** What is done when a signal such as that of Ctrl-C ends the process. Signals run no finally. */
public final class SignalHook implements AutoCloseable {
    private final Thread hook;

    public SignalHook(Runnable task) {
        hook = new Thread(task);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            waitForEnd();
        }
    }

    /** Waits for the end if a signal is ending the process, so that it ends with the exit code of the signal. */
    public static void waitIfEnding() {
        new SignalHook(() -> {
        }).close();
    }

    /** It is no longer to be done. If a signal is ending the process, this does not return. */
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
