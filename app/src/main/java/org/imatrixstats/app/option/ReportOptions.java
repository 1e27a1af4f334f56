package org.imatrixstats.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Terminal;

import picocli.CommandLine;

/** The format and the destination of a report. */
public final class ReportOptions extends Options {
    private final TextOutput output = include(TextOutput.of(OutputFormat.OF_ROWS));
    private final ThreadsOption threads = include(new ThreadsOption());

    public void validate(Console console, CommandLine command) throws IOException {
        output.validate(console, command);
    }

    /** The file to write to; null for standard output. */
    public Path file() {
        return output.file();
    }

    public OutputFormat format() {
        return output.format();
    }

    /** What the report is drawn for. */
    public Terminal terminal(Console console) {
        return output.terminal(console);
    }

    public int threads() {
        return threads.count();
    }

    public void write(String text, Console console) throws IOException {
        output.write(text, console);
    }
}
