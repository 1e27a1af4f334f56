package org.imatrixstats.app.output;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Terminal;

/** How a run converged, in the Markdown that GitHub renders. */
final class ConvergeMarkdownWriter {
    private final ConvergeReport report;
    private final StringBuilder text = new StringBuilder();

    ConvergeMarkdownWriter(ConvergeReport report) {
        this.report = report;
    }

    String text(Set<ConvergeLevel> levels) {
        ConvergeText words = new ConvergeText(report);
        text.append("**").append(MarkdownWriter.escaped(words.headline())).append("**\n");
        words.sentences().forEach(this::paragraph);
        paragraph(words.subject());
        List<String> plot = ConvergePlot.lines(report, Terminal.PIPE);
        if (!plot.isEmpty()) {
            text.append("\n```\n").append(ConvergePlot.title()).append('\n')
                    .append(String.join("\n", plot)).append("\n```\n");
        }
        ConvergeTables.of(report, levels).forEach(this::table);
        words.notes().forEach(this::paragraph);
        return text.toString();
    }

    private void paragraph(String sentence) {
        text.append('\n').append(MarkdownWriter.escaped(sentence)).append('\n');
    }

    private void table(TextTable table) {
        text.append("\n### ").append(MarkdownWriter.escaped(table.title())).append("\n\n");
        line(table.columns().stream().map(TextColumn::header));
        line(table.columns().stream().map(column -> column.left() ? ":--" : "--:"));
        IntStream.range(0, table.columns().getFirst().cells().size())
                .forEach(row -> line(table.columns().stream().map(column -> column.cells().get(row))
                        .map(MarkdownWriter::escaped)));
    }

    private void line(Stream<String> cells) {
        text.append(cells.collect(Collectors.joining(" | ", "| ", " |\n")));
    }
}
