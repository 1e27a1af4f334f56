package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.output.FileError;
import org.imatrixstats.app.terminal.Console;

import picocli.CommandLine;

/**
 * Several files, each by itself: one that cannot be read is reported at once and does not keep the others from being shown.
 * A single file fails as usual.
 */
final class Batch {
    static final String STACK_TRACE = "--stacktrace";

    private final List<Path> files;
    private final Console console;
    private final boolean stackTrace;
    private final List<FileError> errors = new ArrayList<>();

    Batch(List<Path> files, Console console, CommandLine command) {
        this.files = files;
        this.console = console;
        this.stackTrace = command.getCommandSpec().findOption(STACK_TRACE).<Boolean>getValue();
    }

    /** What is read of a file, before anything of it is written. */
    @FunctionalInterface
    interface Reading<C extends AutoCloseable, R> {
        R of(Path file, C opened) throws IOException;
    }

    @FunctionalInterface
    interface Opening<C extends AutoCloseable> {
        C of(Path file) throws IOException;
    }

    @FunctionalInterface
    interface Writing<R> {
        void of(R read) throws IOException;
    }

    /**
     * Goes through the files. What fails while something is written fails the whole command: half of it may be there already.
     *
     * @throws IOException of a single file, or if all files failed, the last; the others were reported
     */
    <C extends AutoCloseable, R> void each(Opening<C> opening, Reading<C, R> reading, Writing<R> writing)
            throws IOException {
        for (Path file : files) {
            C opened;
            try {
                opened = opening.of(file);
            } catch (IOException e) {
                failed(file, e);
                continue;
            }
            try {
                R read;
                try {
                    read = reading.of(file, opened);
                } catch (IOException e) {
                    failed(file, e);
                    continue;
                }
                writing.of(read);
            } finally {
                close(opened);
            }
        }
    }

    private static void close(AutoCloseable opened) throws IOException {
        try {
            opened.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void failed(Path file, IOException e) throws IOException {
        if (files.size() == errors.size() + 1) {
            throw e;
        }
        errors.add(new FileError(file.toString(), Remedies.message(e)));
        console.error(Remedies.message(e));
        if (stackTrace) {
            e.printStackTrace(console.err());
        }
    }

    /**
     * An output file is replaced only if all files could be read.
     *
     * @param output null for standard output
     */
    void requireAllFor(Path output) throws IOException {
        if (output != null && failed()) {
            throw new IOException(output + " was not written: " + errors.size() + " of " + files.size()
                    + " files could not be read");
        }
    }

    List<FileError> errors() {
        return errors;
    }

    boolean failed() {
        return !errors.isEmpty();
    }
}
