package org.imatrixstats.app.output.plan;

import java.io.IOException;
import java.util.List;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.RowWriter;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.terminal.Terminal;

/** Makes text of a plan. */
public final class PlanWriter {
    private PlanWriter() {
    }

    public static String text(OutputFormat format, PlanReport report, Terminal terminal) throws IOException {
        return switch (format) {
            case TABLE -> table(report, terminal);
            case CSV -> csv(report);
            case JSON -> new PlanJson(report).text();
            case MARKDOWN -> markdown(report);
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }

    private static String csv(PlanReport report) throws IOException {
        RowWriter csv = DelimitedWriter.csv();
        csv.add(List.of(), List.of(), PlanLevels.TENSOR.sheet(report));
        return csv.text();
    }

    private static String table(PlanReport report, Terminal terminal) throws IOException {
        Page page = new Page(terminal);
        page.paragraph(report.title(), terminal::bold);
        PlanSummary.lines(report.model(), report.plan()).forEach(page::indented);
        page.line("");
        report.plan().warnings()
                .forEach(warning -> page.wrapped("warning: " + warning, "", Page.INDENT, terminal::high));
        if (!report.plan().warnings().isEmpty()) {
            page.line("");
        }
        Sheet<PlanReport, PlanRow> rows = PlanLevels.ROW.sheet(report);
        page.add((report.all()
                ? rows.withColumns(rows.columns().stream().filter(column -> !PlanLevels.isOfSeveral(column)).toList())
                : rows).tables(terminal));
        return page.text();
    }

    private static String markdown(PlanReport report) throws IOException {
        Markdown markdown = new Markdown();
        markdown.heading(report.title());
        PlanSummary.lines(report.model(), report.plan()).forEach(markdown::paragraph);
        report.plan().warnings().forEach(markdown::warning);
        markdown.add(PlanLevels.ROW.sheet(report));
        return markdown.text();
    }
}
