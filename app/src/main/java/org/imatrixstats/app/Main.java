package org.imatrixstats.app;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.journal.SignalHook;

/** The process: arguments in, exit code out. */
public final class Main {
    private Main() {
    }

    public static void main(String[] arguments) {
        // Not System.exit: the loggers that it looks for take longer than the report of a small file.
        int exitCode = run(arguments);
        if (exitCode != 0) {
            SignalHook.waitIfEnding();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    static int run(String... arguments) {
        Console console = System.getenv("IMATRIX_STATS_COLUMNS") == null ? System.console() : null;
        Terminal terminal = Terminal.of(System.getenv(), console != null && console.isTerminal());
        return new Cli(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err), terminal)
                .run(arguments);
    }
}
