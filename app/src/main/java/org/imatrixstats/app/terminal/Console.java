package org.imatrixstats.app.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

import org.imatrixstats.journal.SignalHook;

/** What a command reads, standard output and standard error, and the terminal that they are drawn for. */
public final class Console {
    /** The name of the program, at the start of each message. */
    public static final String NAME = "imatrix-stats";

    private final OutputStream out;
    private final PrintWriter err;
    private final Terminal terminal;
    private final InputFiles files = new InputFiles();

    public Console(OutputStream out, OutputStream err, Terminal terminal) {
        this.out = out;
        this.err = new PrintWriter(err, true, StandardCharsets.UTF_8);
        this.terminal = terminal;
    }

    public Terminal terminal() {
        return terminal;
    }

    /** Opens what the command reads. */
    public InputFiles files() {
        return files;
    }

    /** Standard error. */
    public PrintWriter err() {
        return err;
    }

    /** Writes to standard output. A closed pipe (such as to head) is not an error. A full disk is. */
    public void print(String text) throws IOException {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            if (!"Broken pipe".equals(e.getMessage())) {
                throw new IOException("standard output could not be written: " + e.getMessage(), e);
            }
        }
    }

    /** Writes text for people to standard error. */
    public void say(String text) {
        err.print(text);
        err.flush();
    }

    /** The same with an end of the line; nothing of an empty text. */
    public void sayLine(String text) {
        say(text.isEmpty() ? "" : text + "\n");
    }

    public void warn(String message) {
        error("warning: " + message);
    }

    /** A message that ends a command. */
    public void error(String message) {
        err.println(NAME + ": " + Text.message(message));
    }

    /**
     * What is said when a signal such as that of Ctrl-C ends the process, until the answer is closed. Nothing is said after
     * it.
     */
    public SignalHook onSignal(Supplier<String> message) {
        return new SignalHook(() -> {
            // Below the progress, to which terminals add ^C.
            err.print((showsProgress() ? "\n" : "") + NAME + ": " + Text.message(message.get()) + "\n");
            err.close();
        });
    }

    private static boolean showsProgress() {
        return "1".equals(System.getenv("IMATRIX_STATS_PROGRESS"));
    }

    public Progress progress(String what, long total) {
        return progress(what, total, Progress.Unit.WORK);
    }

    public Progress progress(String what, long total, Progress.Unit unit) {
        return new Progress(err, showsProgress(), Text.printable(what), total, unit);
    }
}
