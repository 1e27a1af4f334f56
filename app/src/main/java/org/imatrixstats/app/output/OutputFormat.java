package org.imatrixstats.app.output;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The formats of {@code --format}. */
public enum OutputFormat {
    TABLE("txt"), //
    JSON("json"), //
    JSONL("jsonl", "ndjson"), //
    CSV("csv"), //
    TSV("tsv", "tab"), //
    MARKDOWN("md", "markdown");

    private final List<String> extensions;

    OutputFormat(String... extensions) {
        this.extensions = List.of(extensions);
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
