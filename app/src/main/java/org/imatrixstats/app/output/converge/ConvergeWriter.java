package org.imatrixstats.app.output.converge;

import java.io.IOException;
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
    String text(ConvergeReport report, List<Level<ConvergeReport, ?>> levels) throws IOException;

    static ConvergeWriter of(OutputFormat format, Terminal terminal) {
        return switch (format) {
            case TABLE -> (report, levels) -> new ConvergeTableWriter(report, terminal).text(levels);
            case MARKDOWN -> (report, levels) -> new ConvergeMarkdownWriter(report).text(levels);
            case JSON -> (report, levels) -> new ConvergeJsonWriter(report).text(levels);
            case JSONL -> rows(new JsonLinesWriter());
            case CSV -> rows(DelimitedWriter.csv());
            case TSV -> rows(DelimitedWriter.tsv());
            case COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }

    private static ConvergeWriter rows(RowWriter writer) {
        return (report, levels) -> {
            for (Level<ConvergeReport, ?> level : levels) {
                writer.add(List.of(), List.of(), level.sheet(report));
            }
            return writer.text();
        };
    }
}
