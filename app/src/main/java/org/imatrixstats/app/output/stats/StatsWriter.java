package org.imatrixstats.app.output.stats;

import java.io.IOException;
import java.util.List;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.JsonLinesWriter;
import org.imatrixstats.app.output.FileError;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.RowWriter;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.terminal.Terminal;

/** Makes text of reports. The text is given out when all files have been read, so that an error leaves no half of it. */
public sealed interface StatsWriter
        permits StatsTableWriter, ClassicLayout, ExtendedLayout, StatsMarkdownWriter, StatsJsonWriter,
        StatsWriter.Rows {
    void add(FileReport report, List<Sheet<FileReport, ?>> sheets) throws IOException;

    /** Files that could not be read: said in a format that has a place for them, otherwise on standard error alone. */
    default void failed(List<FileError> errors) {
    }

    /** The whole text, with a line end at its end. */
    String text();

    /** @param overview whether formats for people begin with what stands out */
    static StatsWriter of(OutputFormat format, Layout layout, Terminal terminal, boolean overview) {
        return switch (format) {
            case TABLE -> switch (layout) {
                case DEFAULT -> new StatsTableWriter(terminal, overview);
                case CLASSIC -> new ClassicLayout(terminal.ascii());
                case EXTENDED -> new ExtendedLayout(terminal.ascii());
            };
            case MARKDOWN -> new StatsMarkdownWriter(overview);
            case JSON -> new StatsJsonWriter();
            case JSONL -> new Rows(new JsonLinesWriter());
            case CSV -> new Rows(DelimitedWriter.csv());
            case TSV -> new Rows(DelimitedWriter.tsv());
            case COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }

    /** A row per line, with the file that it is of. */
    record Rows(RowWriter writer) implements StatsWriter {
        @Override
        public void add(FileReport report, List<Sheet<FileReport, ?>> sheets) {
            sheets.forEach(sheet -> writer.add(List.of("file"), List.of(report.name()), sheet));
        }

        @Override
        public String text() {
            return writer.text();
        }
    }
}
