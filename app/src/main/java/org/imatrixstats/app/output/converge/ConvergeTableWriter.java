package org.imatrixstats.app.output.converge;

import java.util.List;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Page;
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

    String text(List<Level<?>> levels) {
        ConvergeText words = new ConvergeText(report);
        paragraph(words.headline(), terminal::bold);
        words.sentences().forEach(sentence -> paragraph(sentence, UnaryOperator.identity()));
        page.line("");
        paragraph(words.subject(), terminal::dim);
        plot();
        ConvergeTables.of(report, levels).forEach(table -> page.add(List.of(table)));
        page.line("");
        words.notes().forEach(note -> paragraph(note, terminal::dim));
        return page.text();
    }

    private void plot() {
        List<String> plot = ConvergePlot.lines(report, terminal);
        if (!plot.isEmpty()) {
            page.line("");
            paragraph(ConvergePlot.title(), terminal::bold);
            plot.forEach(line -> page.line(terminal.ascii() ? Text.ascii(line) : line));
        }
    }

    private void paragraph(String words, UnaryOperator<String> style) {
        page.wrapped(Text.printable(words), "", style);
    }
}
