package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.imatrixstats.app.terminal.Terminal;

/** What a command line answers. */
public record CliRun(int exitCode, String out, String err) {
    /** A run whose output goes into a pipe. */
    public static CliRun of(Object... arguments) {
        return on(Terminal.PIPE, arguments);
    }

    public static CliRun on(Terminal terminal, Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] texts = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
        int exitCode = new Cli(out, err, terminal).run(texts);
        return new CliRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The output of a run that must succeed. */
    public static String outputOf(Object... arguments) {
        return of(arguments).succeeded().out;
    }

    public CliRun succeeded() {
        assertEquals(0, exitCode, err);
        return this;
    }

    /** A run that must fail silently on standard output; returns what it says instead. */
    public String failed(int expectedExitCode) {
        assertEquals(expectedExitCode, exitCode, err);
        assertEquals("", out);
        return err;
    }
}
