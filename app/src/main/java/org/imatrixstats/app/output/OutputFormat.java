package org.imatrixstats.app.output;

import java.util.List;
import java.util.Locale;

/** The formats of all commands; each command offers some of them. To add one: a constant here, and where the compiler insists. */
public enum OutputFormat {
    TABLE("txt"), //
    JSON("json"), //
    JSONL("jsonl", "ndjson"), //
    CSV("csv"), //
    TSV("tsv", "tab"), //
    MARKDOWN("md", "markdown"), //
    /** A line for the shell. */
    COMMAND, //
    /** Rules as options of {@code llama-quantize}. */
    RULES, //
    /** Rules for {@code --tensor-type-file}. */
    FILE;

    /** What commands offer whose results are rows. */
    public static final List<OutputFormat> OF_ROWS = List.of(TABLE, JSON, JSONL, CSV, TSV, MARKDOWN);

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

    /** Whether people read it, so that warnings are a part of it. */
    public boolean isForPeople() {
        return this == TABLE || this == MARKDOWN;
    }

    /** The extensions of files in this format, without their dots. */
    public List<String> extensions() {
        return extensions;
    }

    /** For a switch of a command that does not offer this format. */
    public IllegalArgumentException notOffered() {
        return new IllegalArgumentException("the command has no format " + this);
    }
}
