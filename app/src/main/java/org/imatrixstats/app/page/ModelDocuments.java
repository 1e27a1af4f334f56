package org.imatrixstats.app.page;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.app.html.Document;
import org.imatrixstats.app.input.Reviews;
import org.imatrixstats.app.input.Spectra;
import org.imatrixstats.app.option.plan.PlanOptions;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.plan.PlanReport;
import org.imatrixstats.app.output.plan.PlanWriter;
import org.imatrixstats.app.output.spectrum.SpectrumDetail;
import org.imatrixstats.app.output.spectrum.SpectrumJson;
import org.imatrixstats.app.output.spectrum.SpectrumReport;
import org.imatrixstats.app.output.spectrum.SpectrumWriter;
import org.imatrixstats.app.output.weights.WeightsJson;
import org.imatrixstats.app.output.weights.WeightsReport;
import org.imatrixstats.app.output.weights.WeightsWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.spectrum.SpectrumOptions;
import org.imatrixstats.weights.ModelChange;
import org.imatrixstats.weights.ModelReview;

import picocli.CommandLine;

/** What {@code plan}, {@code weights} and {@code spectrum} say of models. */
public final class ModelDocuments {
    /** A chart has room for more bins than a table. */
    private static final int BINS_FACTOR = 3;
    /** Points per matrix, evenly spaced: more than a chart has room for. */
    private static final int MOST_SINGULAR_VALUES = 128;

    private final boolean cached;
    private final int threads;
    private final Notes notes;
    private final Console console;

    /** @param cached whether figures in the user's cache folder are used, and kept there */
    public ModelDocuments(boolean cached, int threads, Notes notes, Console console) {
        this.cached = cached;
        this.threads = threads;
        this.notes = notes;
        this.console = console;
    }

    /** Empty if llama-quantize would not read the importance matrix: the page says so, and what is wrong with it. */
    public Optional<Document> plan(PlanOptions plan, CommandLine command, Imatrix imatrix, ModelFile header)
            throws IOException {
        Dialect program = plan.program(command);
        Model quantized = Model.of(header);
        try {
            PlanOptions.Told told = plan.told(program, console.files());
            if (!reads(program, imatrix)) {
                return Optional.empty();
            }
            Plan planned = told.plan(quantized, Optional.of(imatrix));
            planned.warnings().forEach(console::warn);
            PlanReport report = new PlanReport(quantized, imatrix.path(), planned, false);
            return Optional.of(new Document(Document.Kind.PLAN,
                    PlanWriter.text(OutputFormat.JSON, report, Terminal.PIPE),
                    PlanWriter.text(OutputFormat.TABLE, report, Terminal.PIPE)));
        } catch (RefusedException e) {
            throw PlanOptions.refusal(program, e);
        }
    }

    private boolean reads(Dialect program, Imatrix imatrix) throws IOException {
        try {
            program.check(imatrix);
            return true;
        } catch (RefusedException e) {
            notes.add("the page does not show the plan: " + e.getMessage());
            return false;
        }
    }

    /** The review of one or two models, weighted with an importance matrix where it fits. */
    public Document weights(List<Path> models, Imatrix imatrix) throws IOException {
        List<WeightsReport> reports = new ArrayList<>();
        ModelChange change = null;
        StringBuilder text = new StringBuilder();
        try (Reviews first = Reviews.open(models.getFirst(), imatrix, console)) {
            reports.add(review(first));
            if (models.size() > 1) {
                try (Reviews second = Reviews.open(models.getLast(), imatrix, console)) {
                    reports.add(review(second));
                    change = first.changeTo(second, threads);
                }
                text.append(WeightsWriter.text(OutputFormat.TABLE, change, Terminal.PIPE, false)).append('\n');
            }
        }
        reports.forEach(report -> text.append(WeightsWriter.text(OutputFormat.TABLE, report, Terminal.PIPE, false))
                .append('\n'));
        return new Document(Document.Kind.WEIGHTS, WeightsJson.text(reports, change), text.toString());
    }

    private WeightsReport review(Reviews model) throws IOException {
        return model.review(ModelReview.DEFAULT_BINS * BINS_FACTOR, threads, true).withoutExperts();
    }

    /** The spectra of a model, with saliencies where the importance matrix fits. */
    public Document spectrum(Path model, List<Imatrix> imatrix) throws IOException {
        try (Spectra spectra = Spectra.open(model, console)) {
            SpectrumReport report = SpectrumReport.of(spectra.compute(SpectrumOptions.Method.AUTO, imatrix,
                    _ -> true, threads, cached), spectra.file().config().architecture());
            return new Document(Document.Kind.SPECTRUM, SpectrumJson.text(List.of(report), MOST_SINGULAR_VALUES),
                    SpectrumWriter.text(OutputFormat.TABLE, report, Terminal.PIPE, SpectrumDetail.NONE));
        }
    }
}
