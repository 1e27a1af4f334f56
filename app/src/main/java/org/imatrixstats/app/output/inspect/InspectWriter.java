package org.imatrixstats.app.output.inspect;

import java.io.IOException;
import java.util.List;

import org.imatrixstats.app.output.FileError;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;

/** Makes text of what is said about models. */
public sealed interface InspectWriter permits InspectTable, InspectJson, InspectCsv, InspectMarkdown {
    void add(InspectReport report) throws IOException;

    /** Files that could not be read: said in a format that has a place for them, otherwise on standard error alone. */
    default void failed(List<FileError> errors) {
    }

    String text();

    /** @param all a row per tensor also where tensors that differ only in their layer would share one */
    static InspectWriter of(OutputFormat format, Terminal terminal, boolean all) {
        return switch (format) {
            case TABLE -> new InspectTable(terminal, all);
            case JSON -> new InspectJson();
            case CSV -> new InspectCsv();
            case MARKDOWN -> new InspectMarkdown(all);
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }
}
