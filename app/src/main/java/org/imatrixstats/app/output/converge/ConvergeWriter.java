package org.imatrixstats.app.output.converge;

import java.util.List;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.JsonLinesWriter;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.RowWriter;
import org.imatrixstats.app.terminal.Terminal;

/** Makes text of how a run converged. */
@FunctionalInterface
public interface ConvergeWriter {
    /** @param levels what the rows are that are wanted; one where the format cannot hold several */
    String text(ConvergeReport report, List<Level<?>> levels);

    static ConvergeWriter of(OutputFormat format, Terminal terminal) {
        return switch (format) {
            case TABLE -> (report, levels) -> new ConvergeTableWriter(report, terminal).text(levels);
            case MARKDOWN -> (report, levels) -> new ConvergeMarkdownWriter(report).text(levels);
            case JSON -> (report, levels) -> new ConvergeJsonWriter(report).text(levels);
            case JSONL -> (report, levels) -> {
                JsonLinesWriter writer = new JsonLinesWriter();
                levels.forEach(level -> writer.add(List.of(), List.of(), report.sheet(level)));
                return writer.text();
            };
            case CSV -> (report, levels) -> delimited(report, levels, DelimitedWriter.csv());
            case TSV -> (report, levels) -> delimited(report, levels, DelimitedWriter.tsv());
        };
    }

    private static String delimited(ConvergeReport report, List<Level<?>> levels, RowWriter writer) {
        levels.forEach(level -> writer.add(List.of(), List.of(), report.sheet(level)));
        return writer.text();
    }
}
