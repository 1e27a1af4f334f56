package org.imatrixstats.app.output.weights;

import java.util.List;

import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.weights.ModelChange;

/** Weights for people: what is wrong, then tables with what stands out first. */
final class WeightsTable {
    private final Terminal terminal;
    private final boolean all;
    private final Page page;

    WeightsTable(Terminal terminal, boolean all) {
        this.terminal = terminal;
        this.all = all;
        this.page = new Page(terminal);
    }

    String text(WeightsReport report) {
        return text(WeightsTables.title(report), WeightsTables.lines(report), WeightsTables.warnings(report),
                WeightsTables.tables(report, all));
    }

    String text(ModelChange change) {
        return text(WeightsTables.title(change), WeightsTables.lines(change), List.of(),
                WeightsTables.tables(change, all));
    }

    private String text(String title, List<String> lines, List<String> warnings, List<TextTable> tables) {
        page.paragraph(title, terminal::bold);
        lines.forEach(page::indented);
        warnings.forEach(
                warning -> page.wrapped("warning: " + warning, Page.INDENT, Page.INDENT, terminal::high));
        tables.forEach(table -> page.add(List.of(table)));
        return page.text();
    }
}
