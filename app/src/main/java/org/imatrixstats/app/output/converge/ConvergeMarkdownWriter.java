package org.imatrixstats.app.output.converge;

import java.io.IOException;
import java.util.List;

import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.terminal.Terminal;

/** How a run converged, in the Markdown that GitHub renders. */
final class ConvergeMarkdownWriter {
    private final ConvergeReport report;
    private final Markdown markdown = new Markdown();

    ConvergeMarkdownWriter(ConvergeReport report) {
        this.report = report;
    }

    String text(List<Level<ConvergeReport, ?>> levels) throws IOException {
        ConvergeText words = new ConvergeText(report);
        markdown.heading(words.headline());
        words.sentences().forEach(markdown::paragraph);
        markdown.paragraph(words.subject());
        List<String> plot = ConvergePlot.lines(report, Terminal.PIPE);
        if (!plot.isEmpty()) {
            markdown.code(ConvergePlot.title() + "\n" + String.join("\n", plot));
        }
        ConvergeTables.of(report, levels).forEach(markdown::add);
        words.notes().forEach(markdown::paragraph);
        return markdown.text();
    }
}
