package org.imatrixstats.app.output.weights;

import java.util.List;
import java.util.Locale;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.weights.ModelChange;

/** The formats of {@code weights --format}. */
public enum WeightsFormat {
    TABLE, CSV, JSON, MARKDOWN;

    /**
     * The review of a model.
     *
     * @param all a row per tensor also where the kinds and what stands out would do
     */
    public String text(WeightsReport report, Terminal terminal, boolean all) {
        return switch (this) {
            case TABLE -> new WeightsTable(terminal, all).text(report);
            case CSV -> WeightsCsv.text(report.review());
            case JSON -> WeightsJson.text(List.of(report), null);
            case MARKDOWN -> WeightsMarkdown.text(report, all);
        };
    }

    /** What changed between two models. */
    public String text(ModelChange change, Terminal terminal, boolean all) {
        return switch (this) {
            case TABLE -> new WeightsTable(terminal, all).text(change);
            case CSV -> WeightsCsv.text(change);
            case JSON -> WeightsJson.text(List.of(), change);
            case MARKDOWN -> WeightsMarkdown.text(change, all);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
