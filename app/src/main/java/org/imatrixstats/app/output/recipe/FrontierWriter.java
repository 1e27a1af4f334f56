package org.imatrixstats.app.output.recipe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.RowWriter;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.terminal.Terminal;

/** Makes text of a frontier. */
public final class FrontierWriter {
    private static final int WIDEST = 110;

    private final FrontierReport report;

    private FrontierWriter(FrontierReport report) {
        this.report = report;
    }

    public static String text(OutputFormat format, FrontierReport report, Terminal terminal) throws IOException {
        FrontierWriter writer = new FrontierWriter(report);
        return switch (format) {
            case TABLE -> writer.table(terminal);
            case CSV -> writer.csv();
            case JSON -> FrontierJson.text(report);
            case MARKDOWN -> writer.markdown();
            case JSONL, TSV, COMMAND, RULES, FILE -> throw format.notOffered();
        };
    }

    private String csv() throws IOException {
        RowWriter csv = DelimitedWriter.csv();
        csv.add(List.of(), List.of(), FrontierLevel.ALL.sheet(report));
        return csv.text();
    }

    private String table(Terminal terminal) throws IOException {
        Page page = new Page(terminal.atMost(WIDEST));
        page.paragraph(title(), terminal::bold);
        lines().forEach(page::indented);
        for (FrontierLevel level : FrontierLevel.TABLES) {
            Sheet<FrontierReport, FrontierRow> sheet = level.sheet(report);
            if (!sheet.rows().isEmpty()) {
                page.add(sheet.tables(terminal.atMost(WIDEST)));
            }
        }
        page.line("");
        notes().forEach(note -> page.paragraph(note, terminal::dim));
        return page.text();
    }

    private String markdown() throws IOException {
        Markdown markdown = new Markdown();
        markdown.heading(title());
        lines().forEach(markdown::paragraph);
        for (FrontierLevel level : FrontierLevel.TABLES) {
            Sheet<FrontierReport, FrontierRow> sheet = level.sheet(report).shown();
            if (!sheet.rows().isEmpty()) {
                markdown.add(sheet);
            }
        }
        notes().forEach(markdown::paragraph);
        return markdown.text();
    }

    private String title() {
        return "Recipes of all sizes: " + report.model() + " for "
                + report.dialect();
    }

    private List<String> lines() {
        FrontierRow first = report.recipes().getFirst();
        FrontierRow last = report.recipes().getLast();
        return List.of("predicted is the " + report.figure() + ": the least for each size",
                Numbers.grouped(report.sizes()) + " optimal sizes from " + Numbers.bytes(first.bytes()) + " ("
                        + Numbers.fixed(first.bitsPerWeight(), 2) + " bpw) to " + Numbers.bytes(last.bytes()) + " ("
                        + Numbers.fixed(last.bitsPerWeight(), 2) + " bpw); rows are about "
                        + Numbers.bytes(report.step()) + " apart (--step)");
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add("× before: the figure divided by that of the row before. At a knee, more bytes begin to buy less."
                + " For the recipe of a row give --target-size its bytes, which --emit csv shows.");
        if (report.predicts()) {
            notes.add(
                    "A prediction: right to within a few tens of percent at 4 bits and more, and less exact below."
                            + " Measure the recipe that you choose.");
        } else {
            notes.add("An estimate. Only a measurement tells what it means for the model.");
        }
        return notes;
    }
}
