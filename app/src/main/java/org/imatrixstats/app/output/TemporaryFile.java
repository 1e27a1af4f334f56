package org.imatrixstats.app.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A file that is deleted when this is closed, and when a signal such as that of Ctrl-C ends the process. */
public final class TemporaryFile implements AutoCloseable {
    private final Path path;
    /** Signals run no finally. */
    private final Thread cleaner;

    /** @param path where the file will be, if it is made at all */
    public TemporaryFile(Path path) {
        this.path = path;
        this.cleaner = new Thread(() -> deleteQuietly(path));
        Runtime.getRuntime().addShutdownHook(cleaner);
    }

    public Path path() {
        return path;
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The process is ending: there is nobody to tell.
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            // A signal is ending the process, and with it goes the file: there is nothing to complain of.
            while (true) {
                LockSupport.park();
            }
        }
    }
}
