package org.imatrixstats.app.output;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;

/** How a run converged, for people: the answer in words, the curve, the figures. */
final class ConvergeTableWriter {
    private final ConvergeReport report;
    private final Terminal terminal;
    private final StringBuilder text = new StringBuilder();

    ConvergeTableWriter(ConvergeReport report, Terminal terminal) {
        this.report = report;
        this.terminal = terminal;
    }

    String text(Set<ConvergeLevel> levels) {
        ConvergeText words = new ConvergeText(report);
        wrapped(words.headline(), terminal::bold);
        words.sentences().forEach(sentence -> wrapped(sentence, UnaryOperator.identity()));
        line("");
        wrapped(words.subject(), terminal::dim);
        plot();
        for (TextTable table : ConvergeTables.of(report, levels)) {
            line("");
            add(terminal.ascii() ? table.inAscii() : table);
        }
        line("");
        words.notes().forEach(note -> wrapped(note, terminal::dim));
        return text.toString();
    }

    private void plot() {
        List<String> plot = ConvergePlot.lines(report, terminal);
        if (!plot.isEmpty()) {
            line("");
            wrapped(ConvergePlot.title(), terminal::bold);
            plot.forEach(this::line);
        }
    }

    private void add(TextTable table) {
        TextTable.Fit fit = TextTable.Fit.of(List.of(table), terminal.columns());
        wrapped(table.title(), terminal::bold);
        line(terminal.dim(table.header(fit)));
        table.rows(fit).forEach(this::line);
    }

    private void line(String line) {
        text.append(terminal.ascii() ? Text.ascii(line) : line).append('\n');
    }

    private void wrapped(String paragraph, UnaryOperator<String> style) {
        String printable = Text.printable(paragraph);
        String shown = terminal.ascii() ? Text.ascii(printable) : printable;
        Text.wrapped(shown, terminal.columns()).forEach(line -> line(style.apply(line)));
    }
}
