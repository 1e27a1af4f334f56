package org.imatrixstats.app.page;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.html.Document;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.error.ErrorPage;
import org.imatrixstats.app.output.measure.MeasureReport;
import org.imatrixstats.app.output.measure.MeasureWriter;
import org.imatrixstats.app.output.recipe.FrontierJson;
import org.imatrixstats.app.output.recipe.FrontierReport;
import org.imatrixstats.app.output.recipe.FrontierWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.KldResults;
import org.imatrixstats.recipe.ErrorRows;

/** What other commands wrote into files. */
public final class KeptDocuments {
    private final Notes notes;
    private final Console console;

    public KeptDocuments(Notes notes, Console console) {
        this.notes = notes;
        this.console = console;
    }

    /** What {@code error} wrote. */
    public Document errors(Path csv) throws IOException {
        try (ByteSource file = console.files().open(csv)) {
            ErrorPage page = new ErrorPage(ErrorRows.read(file));
            return new Document(Document.Kind.ERRORS, page.json(), page.text());
        }
    }

    /** What {@code recipe --frontier} wrote, with what was measured beside it. */
    public Document frontier(Path json, List<KldPoint> measured) throws IOException {
        try (ByteSource file = console.files().open(json)) {
            FrontierReport read = FrontierJson.read(file);
            if (read.foreign(measured) > 0) {
                notes.add("the chart of sizes leaves out " + Numbers.count(read.foreign(measured), "measurement")
                        + " of models with another file name than " + read.model());
            }
            FrontierReport report = read.with(measured);
            return new Document(Document.Kind.FRONTIER,
                    FrontierWriter.text(OutputFormat.JSON, report, Terminal.PIPE),
                    FrontierWriter.text(OutputFormat.TABLE, report, Terminal.PIPE));
        }
    }

    /** What {@code measure} kept. */
    public List<KldPoint> measured(Path csv) throws IOException {
        try (ByteSource file = console.files().open(csv)) {
            return KldResults.read(file);
        }
    }

    public Document document(List<KldPoint> points) {
        MeasureReport report = new MeasureReport(null, 0, List.of(), points);
        return new Document(Document.Kind.MEASURE,
                MeasureWriter.text(OutputFormat.JSON, report, Terminal.PIPE, true),
                MeasureWriter.text(OutputFormat.TABLE, report, Terminal.PIPE, true));
    }
}
