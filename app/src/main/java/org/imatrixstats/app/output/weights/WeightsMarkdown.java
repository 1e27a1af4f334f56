package org.imatrixstats.app.output.weights;

import java.util.List;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.weights.ModelChange;

/** The tables for people as Markdown. */
final class WeightsMarkdown {
    private WeightsMarkdown() {
    }

    static String text(WeightsReport report, boolean all) {
        return text(WeightsTables.title(report), WeightsTables.lines(report), WeightsTables.warnings(report),
                WeightsTables.tables(report, all));
    }

    static String text(ModelChange change, boolean all) {
        return text(WeightsTables.title(change), WeightsTables.lines(change), List.of(),
                WeightsTables.tables(change, all));
    }

    private static String text(String title, List<String> lines, List<String> warnings, List<TextTable> tables) {
        Markdown markdown = new Markdown();
        markdown.heading(title);
        lines.forEach(markdown::paragraph);
        warnings.forEach(markdown::warning);
        tables.forEach(markdown::add);
        return markdown.text();
    }
}
