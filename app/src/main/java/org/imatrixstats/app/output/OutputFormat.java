package org.imatrixstats.app.output;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

import org.imatrixstats.app.terminal.Terminal;

/** The formats of {@code --format}. To add one: a {@link ReportWriter} and a constant here. */
public enum OutputFormat {
    TABLE(TableWriter::new, "txt"), //
    JSON(_ -> new JsonWriter(), "json"), //
    JSONL(_ -> new JsonLinesWriter(), "jsonl", "ndjson"), //
    CSV(_ -> DelimitedWriter.csv(), "csv"), //
    TSV(_ -> DelimitedWriter.tsv(), "tsv", "tab"), //
    MARKDOWN(_ -> new MarkdownWriter(), "md", "markdown");

    private final Function<Terminal, ReportWriter> writer;
    private final List<String> extensions;

    OutputFormat(Function<Terminal, ReportWriter> writer, String... extensions) {
        this.writer = writer;
        this.extensions = List.of(extensions);
    }

    public ReportWriter writer(Terminal terminal) {
        return writer.apply(terminal);
    }

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return label();
    }

    /** Whether one output can hold several levels; the others hold the rows of one. */
    public boolean severalLevels() {
        return this == TABLE || this == JSON || this == MARKDOWN;
    }

    /** The format that the extension of a file name stands for; {@link #TABLE} if it stands for none. */
    public static OutputFormat ofExtension(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        String extension = name.substring(name.lastIndexOf('.') + 1);
        for (OutputFormat format : values()) {
            if (format.extensions.contains(extension)) {
                return format;
            }
        }
        return TABLE;
    }

    /** The same of the formats that a command has, some of these by their names. */
    static <F extends Enum<F>> F ofExtension(Path file, F[] formats, F otherwise) {
        String name = ofExtension(file).name();
        return Stream.of(formats).filter(format -> format.name().equals(name)).findFirst().orElse(otherwise);
    }
}
