package org.imatrixstats.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Terminal;

import picocli.CommandLine;

/**
 * The format of a text, its destination, and the terminal that it is drawn for.
 */
public final class TextOutput extends Options {
    /** Of whatever is text. */
    private static final String PLAIN = "txt";

    private final List<OutputFormat> formats;
    private final Supplier<OutputFormat> format;
    private final Supplier<Path> file;
    private final Supplier<Terminal.Color> color;
    private final Supplier<Boolean> ascii;

    /** @param formats those that the command offers, the one without --format first */
    public static TextOutput of(List<OutputFormat> formats) {
        return new TextOutput(formats, "--format", "FORMAT", "format",
                "${COMPLETION-CANDIDATES} (default: from the extension of the output file, else " + formats.getFirst()
                        + ")");
    }

    /** @param what what messages call a value of the option */
    public TextOutput(List<OutputFormat> formats, String option, String label, String what, String description) {
        this.formats = formats;
        format = option(option, label, OutputFormat.class, new EnumNames<>(() -> formats, what),
                formats.stream().map(OutputFormat::label).toList(), description);
        file = output("-o --output", "FILE",
                "write to this file; it is replaced only on success");
        color = option("--color", "WHEN", Terminal.Color.class, "auto",
                "${COMPLETION-CANDIDATES}; auto: only on a terminal without NO_COLOR");
        ascii = flag("--ascii", "use only ASCII characters in tables");
    }

    public void validate(Console console, CommandLine command) throws IOException {
        validate(List.of(), console, command);
    }

    /** @param more inputs that arguments name as text */
    public void validate(List<Path> more, Console console, CommandLine command) throws IOException {
        validatePlace(more, console, command);
        if (toFile() && format.get() == null) {
            Stream<String> extensions = formats.stream().flatMap(each -> each.extensions().stream());
            OutputPath.requireOneOf(Stream.concat(Stream.of(PLAIN), extensions).distinct().toList(), file.get(),
                    command);
        }
    }

    /**
     * Checks the place alone, if a file in another format is written there.
     *
     * @param more inputs that arguments name as text
     */
    void validatePlace(List<Path> more, Console console, CommandLine command) throws IOException {
        OutputPath.validate(file.get(), more, console, command);
    }

    /** The file to write to; null for standard output. */
    public Path file() {
        return file.get();
    }

    public boolean toFile() {
        return file.get() != null;
    }

    /** The format asked for; else that of the extension of the output file, else the one for people. */
    public OutputFormat format() {
        if (format.get() != null) {
            return format.get();
        }
        String extension = toFile() ? OutputPath.extension(file.get()) : "";
        return formats.stream().filter(each -> each.extensions().contains(extension)).findFirst()
                .orElse(formats.getFirst());
    }

    public Terminal terminal(Console console) {
        return with(toFile() ? Terminal.PIPE : console.terminal());
    }

    /** A terminal with what was said about colours and characters. */
    public Terminal with(Terminal terminal) {
        return terminal.with(color.get(), ascii.get());
    }

    public void write(String text, Console console) throws IOException {
        if (toFile()) {
            AtomicFile.write(file.get(), text);
        } else {
            console.print(text);
        }
    }
}
