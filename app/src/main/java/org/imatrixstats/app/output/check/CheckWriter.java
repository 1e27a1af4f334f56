package org.imatrixstats.app.output.check;

import java.util.List;

import org.imatrixstats.app.output.FileError;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;

/** Makes text of what was found in files. */
public sealed interface CheckWriter permits CheckTableWriter, CheckJsonWriter, CheckMarkdownWriter {
    void add(CheckReport report);

    /** Files that could not be read: said in a format that has a place for them, otherwise on standard error alone. */
    default void failed(List<FileError> errors) {
    }

    /** The whole text, with a line end at its end. */
    String text();

    /** @param all whether a table shows every place, not only the first few of each code */
    static CheckWriter of(OutputFormat format, Terminal terminal, boolean all) {
        return switch (format) {
            case TABLE -> new CheckTableWriter(terminal, all);
            case JSON -> new CheckJsonWriter();
            case MARKDOWN -> new CheckMarkdownWriter();
            case JSONL, CSV, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }
}
