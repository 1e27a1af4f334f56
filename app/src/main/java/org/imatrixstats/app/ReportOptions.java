package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;

import picocli.CommandLine;

/** In which format a report is shown, and where. */
final class ReportOptions extends Options {
    private final TextOutput<OutputFormat> output = include(TextOutput.of(OutputFormat.class));
    private final ThreadsOption threads = include(new ThreadsOption());

    void validate(List<Path> inputs, CommandLine command) throws IOException {
        output.validate(inputs, command);
    }

    OutputFormat format() {
        return output.format();
    }

    /** What the report is drawn for. */
    Terminal terminal(Cli cli) {
        return output.terminal(cli);
    }

    int threads() {
        return threads.count();
    }

    void write(String text, Cli cli) throws IOException {
        output.write(text, cli);
    }
}
