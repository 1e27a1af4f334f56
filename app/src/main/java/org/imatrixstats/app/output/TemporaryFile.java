package org.imatrixstats.app.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.imatrixstats.journal.SignalHook;

/** A file that is deleted when this is closed, and when a signal such as that of Ctrl-C ends the process. */
public final class TemporaryFile implements AutoCloseable {
    private final Path path;
    private final SignalHook cleaner;

    /** @param path where the file will be, if it is made at all */
    public TemporaryFile(Path path) {
        this.path = path;
        this.cleaner = new SignalHook(() -> deleteQuietly(path));
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
        try (cleaner) {
            Files.deleteIfExists(path);
        }
    }
}
