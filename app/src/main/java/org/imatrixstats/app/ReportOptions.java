package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** In which format a report is shown, and where. */
final class ReportOptions extends Options {
    private final Supplier<OutputFormat> format = option("--format", "FORMAT", OutputFormat.class,
            "${COMPLETION-CANDIDATES} (default: by the extension of the output file, else table)");
    private final Supplier<Path> output = option("-o --output", "FILE", Path.class,
            "write to a file, which is replaced as a whole or not at all");
    private final Supplier<Terminal.Color> color = option("--color", "WHEN", Terminal.Color.class, "auto",
            "${COMPLETION-CANDIDATES}; auto: on a terminal, unless NO_COLOR is set");
    private final Supplier<Boolean> ascii = flag("--ascii", "tables in ASCII characters only");
    private final Supplier<Integer> threads = option("--threads", "N", Integer.class,
            "processors to use (default: all); the figures do not depend on it");

    void validate(List<Path> inputs, CommandLine command) throws IOException {
        OutputPath.validate(output.get(), inputs, command);
        if (threads.get() != null && threads.get() < 1) {
            throw new ParameterException(command, "--threads must be at least 1, not " + threads.get());
        }
    }

    OutputFormat format() {
        return format.get() != null
                ? format.get()
                : output.get() != null ? OutputFormat.ofExtension(output.get()) : OutputFormat.TABLE;
    }

    /** What the report is drawn for. */
    Terminal terminal(Cli cli) {
        return (output.get() == null ? cli.terminal() : Terminal.PIPE).with(color.get(), ascii.get());
    }

    int threads() {
        return threads.get() != null ? threads.get() : Runtime.getRuntime().availableProcessors();
    }

    void write(String text, Cli cli) throws IOException {
        if (output.get() == null) {
            cli.print(text);
        } else {
            AtomicFile.write(output.get(), text);
        }
    }
}
