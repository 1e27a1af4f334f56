package org.imatrixstats.app.output.weights;

import java.util.List;

import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.weights.ModelChange;

/** Makes text of the statistics of weights. */
public final class WeightsWriter {
    private WeightsWriter() {
    }

    /**
     * The review of a model.
     *
     * @param all a row per tensor also where the kinds and what stands out would do
     */
    public static String text(OutputFormat format, WeightsReport report, Terminal terminal, boolean all) {
        return switch (format) {
            case TABLE -> new WeightsTable(terminal, all).text(report);
            case CSV -> WeightsCsv.text(report.review());
            case JSON -> WeightsJson.text(List.of(report), null);
            case MARKDOWN -> WeightsMarkdown.text(report, all);
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }

    /** What changed between two models. */
    public static String text(OutputFormat format, ModelChange change, Terminal terminal, boolean all) {
        return switch (format) {
            case TABLE -> new WeightsTable(terminal, all).text(change);
            case CSV -> WeightsCsv.text(change);
            case JSON -> WeightsJson.text(List.of(), change);
            case MARKDOWN -> WeightsMarkdown.text(change, all);
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }
}
