package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.terminal.Terminal;

import picocli.CommandLine;

/** Where text goes, and what it is drawn for. */
final class TextOutput extends Options {
    private final Supplier<Path> file = option("-o --output", "FILE", Path.class,
            "write to a file, which is replaced as a whole or not at all");
    private final Supplier<Terminal.Color> color = option("--color", "WHEN", Terminal.Color.class, "auto",
            "${COMPLETION-CANDIDATES}; auto: on a terminal, unless NO_COLOR is set");
    private final Supplier<Boolean> ascii = flag("--ascii", "tables in ASCII characters only");

    void validate(List<Path> inputs, CommandLine command) throws IOException {
        OutputPath.validate(file.get(), inputs, command);
    }

    boolean toFile() {
        return file.get() != null;
    }

    /** The format asked for; else that of the extension of the output file, else the one for people. */
    <F> F format(F given, Function<Path, F> ofExtension, F forPeople) {
        return given != null ? given : toFile() ? ofExtension.apply(file.get()) : forPeople;
    }

    Terminal terminal(Cli cli) {
        return with(toFile() ? Terminal.PIPE : cli.terminal());
    }

    /** A terminal with what was said about colours and characters. */
    Terminal with(Terminal terminal) {
        return terminal.with(color.get(), ascii.get());
    }

    void write(String text, Cli cli) throws IOException {
        if (toFile()) {
            AtomicFile.write(file.get(), text);
        } else {
            cli.print(text);
        }
    }
}
