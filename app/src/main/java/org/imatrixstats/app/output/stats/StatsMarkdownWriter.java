package org.imatrixstats.app.output.stats;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.Summary;
import org.imatrixstats.app.terminal.Terminal;

/** A table per level. Without a request for rows, what stands out and the kinds, and the tables of all rows folded. */
final class StatsMarkdownWriter implements StatsWriter {
    private static final int WIDTH = 100;

    private final Markdown markdown = new Markdown();
    private final boolean overview;
    private final Set<String> legend = new LinkedHashSet<>();

    StatsMarkdownWriter(boolean overview) {
        this.overview = overview;
    }

    @Override
    public void add(FileReport report, List<Sheet<FileReport, ?>> sheets) throws IOException {
        markdown.heading(report.name());
        Summary.lines(report.summary(), report.report()).forEach(markdown::paragraph);
        if (!overview) {
            sheets.forEach(sheet -> markdown.add(sheet.shown()));
            return;
        }
        Overview answer = new Overview(report, Terminal.PIPE.atMost(WIDTH));
        markdown.subheading("what stands out");
        answer.sentences((_, _) -> true).forEach(markdown::item);
        markdown.add(answer.kindTable(Integer.MAX_VALUE));
        for (Sheet<FileReport, ?> sheet : sheets) {
            markdown.folded(Numbers.count(sheet.rows().size(), sheet.level().label()),
                    () -> markdown.add(sheet.shown()));
        }
        legend.addAll(answer.legend(false));
    }

    @Override
    public String text() {
        legend.forEach(markdown::paragraph);
        legend.clear();
        return markdown.text();
    }
}
