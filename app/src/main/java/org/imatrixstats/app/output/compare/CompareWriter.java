package org.imatrixstats.app.output.compare;

import java.util.List;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.JsonLinesWriter;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.RowWriter;
import org.imatrixstats.app.terminal.Terminal;

/** Makes text of a comparison. */
@FunctionalInterface
public interface CompareWriter {
    /** The whole text, with a line end at its end. */
    String text(CompareReport report);

    static CompareWriter of(OutputFormat format, Terminal terminal) {
        return switch (format) {
            case TABLE -> report -> new CompareTableWriter(terminal).text(report);
            case MARKDOWN -> report -> new CompareMarkdownWriter().text(report);
            case JSON -> report -> new CompareJsonWriter().text(report);
            case JSONL -> report -> rows(report, new JsonLinesWriter());
            case CSV -> report -> rows(report, DelimitedWriter.csv());
            case TSV -> report -> rows(report, DelimitedWriter.tsv());
            case COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }

    private static String rows(CompareReport report, RowWriter writer) {
        for (CompareReport.Pair pair : report.pairs()) {
            List<String> files = List.of(report.a(pair).name(), report.b(pair).name());
            pair.sheets().forEach(sheet -> writer.add(List.of("a", "b"), files, sheet));
        }
        return writer.text();
    }
}
