package org.imatrixstats.app.output.measure;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.measure.KldResults;
import org.imatrixstats.measure.LossCsv;

/** Makes text of what {@code measure} measured. */
public final class MeasureWriter {
    private MeasureWriter() {
    }

    /** @param all a row for each group of tensors, not one for each kind */
    public static String text(OutputFormat format, MeasureReport report, Terminal terminal, boolean all) {
        return switch (format) {
            case TABLE -> new MeasureTable(report, all).text(terminal);
            case MARKDOWN -> new MeasureTable(report, all).markdown();
            case CSV -> report.losses().isEmpty() ? KldResults.text(report.models()) : LossCsv.text(report.losses());
            case JSON -> MeasureJson.text(report);
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }
}
