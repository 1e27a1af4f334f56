package org.imatrixstats.app.output.converge;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;

/** How a run converged, for people: the answer in words, the curve, the figures. */
final class ConvergeTableWriter {
    private final ConvergeReport report;
    private final Terminal terminal;
    private final Page page;

    ConvergeTableWriter(ConvergeReport report, Terminal terminal) {
        this.report = report;
        this.terminal = terminal;
        this.page = new Page(terminal);
    }

    String text(List<Level<ConvergeReport, ?>> levels) throws IOException {
        ConvergeText words = new ConvergeText(report);
        page.paragraph(words.headline(), terminal::bold);
        words.sentences().forEach(sentence -> page.paragraph(sentence, UnaryOperator.identity()));
        page.line("");
        page.paragraph(words.subject(), terminal::dim);
        plot();
        for (TextTable table : ConvergeTables.of(report, levels)) {
            page.add(List.of(table));
        }
        page.line("");
        words.notes().forEach(note -> page.paragraph(note, terminal::dim));
        return page.text();
    }

    private void plot() {
        List<String> plot = ConvergePlot.lines(report, terminal);
        if (!plot.isEmpty()) {
            page.line("");
            page.paragraph(ConvergePlot.title(), terminal::bold);
            plot.forEach(line -> page.line(terminal.ascii() ? Text.ascii(line) : line));
        }
    }
}
