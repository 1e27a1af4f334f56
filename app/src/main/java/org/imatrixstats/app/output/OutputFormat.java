package org.imatrixstats.app.output;

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

    /** The extensions that stand for a format of this name, without their dots; none if there is no such format. */
    public static List<String> extensions(Enum<?> format) {
        return Stream.of(values()).filter(each -> each.name().equals(format.name()))
                .flatMap(each -> each.extensions.stream()).toList();
    }
}
