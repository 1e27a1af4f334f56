package org.imatrixstats.app.page;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.imatrixstats.app.html.FilePart;
import org.imatrixstats.app.input.MeasuredWeights;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.check.CheckReport;
import org.imatrixstats.app.output.stats.FileReport;
import org.imatrixstats.app.output.stats.StatsLevels;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.check.Finding;
import org.imatrixstats.check.ImatrixCheck;
import org.imatrixstats.compare.DistinctPairs;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.io.Sources;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.stats.DistributionCalculator;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.StatsCalculator;

/** The importance matrices of a page, each of which is walked once. */
public final class PageFiles {
    private static final int TOP_COLUMNS = 12;
    /** With more tensors, each names fewer columns. */
    private static final int MANY_TENSORS = 5000;
    private static final int TOP_COLUMNS_OF_MANY = 4;

    /**
     * The model to be quantized: whether the files fit it, and what its blocks write to the residual stream.
     *
     * @param cached whether figures in the user's cache folder are used, and kept there
     */
    public record StreamModel(Path path, ModelFile file, boolean cached) {
    }

    /** A file and what its entries share. */
    private record Walk(Imatrix imatrix, SharedInputs inputs, boolean isFirst) {
        /** Values that are walked: of entries that hold the same, those of the first. */
        long values() {
            return imatrix.entries().values().stream().filter(entry -> inputs.firstOf(entry) == entry)
                    .mapToLong(ImatrixEntry::size).sum();
        }
    }

    private final List<Walk> walks = new ArrayList<>();
    private final OptionalInt experts;
    private final int threads;
    private final Console console;

    /** @param experts how many a tensor has, where the file does not say */
    public PageFiles(List<Imatrix> imatrices, OptionalInt experts, int threads, Console console) throws IOException {
        for (Imatrix imatrix : imatrices) {
            walks.add(new Walk(imatrix, SharedInputs.of(imatrix, threads), walks.isEmpty()));
        }
        this.experts = experts;
        this.threads = threads;
        this.console = console;
    }

    /** Figures, findings and distributions of each file. */
    public List<FilePart> parts(Optional<StreamModel> model) throws IOException {
        List<FilePart> parts = new ArrayList<>();
        try (Progress progress = console.progress("reading", walks.stream().mapToLong(Walk::values).sum())) {
            for (Walk walk : walks) {
                parts.add(part(walk, model, progress));
            }
        }
        return parts;
    }

    private FilePart part(Walk walk, Optional<StreamModel> model, Progress progress) throws IOException {
        Imatrix imatrix = walk.imatrix;
        ImatrixCheck check = new ImatrixCheck(imatrix, model.map(StreamModel::file));
        DistributionCalculator columns = new DistributionCalculator(imatrix, experts, topColumns(imatrix));
        Report report = StatsCalculator.report(imatrix, walk.inputs, experts, threads,
                progress::advance,
                List.of(check.visitor(), columns.visitor()));
        report.warnings().forEach(warning -> console.warn(imatrix.path() + ": " + warning));
        report = withShares(report, walk, model);
        FileReport figures = new FileReport(imatrix, report, report.kinds(), threads);
        List<Sheet<FileReport, ?>> sheets = List.of(StatsLevels.TENSOR.sheet(figures), StatsLevels.LAYER.sheet(figures),
                StatsLevels.KIND.sheet(figures));
        List<Finding> findings = check.findings(walk.inputs, ImatrixCheck.DEFAULT_MIN_TOKENS, threads);
        return new FilePart(figures, sheets, new CheckReport(imatrix.name(), findings, false),
                columns.distributions(report));
    }

    /** The figures of a file, of the first one with what the blocks of the model write to the residual stream. */
    private Report withShares(Report report, Walk walk, Optional<StreamModel> model) throws IOException {
        if (model.isEmpty() || !walk.isFirst) {
            return report;
        }
        return Sources.isRemote(model.get().path.toString())
                ? report.with("no residual shares: the weights of the model are not fetched")
                : new MeasuredWeights(model.get().file, walk.imatrix, model.get().cached, threads, console)
                        .withShares(report);
    }

    private static int topColumns(Imatrix imatrix) {
        return imatrix.entries().size() > MANY_TENSORS ? TOP_COLUMNS_OF_MANY : TOP_COLUMNS;
    }

    /** The first of some of the files beside the others. */
    public Comparisons comparisons(List<FilePart> parts, List<Imatrix> comparable)
            throws IOException {
        List<Comparisons.File> files = new ArrayList<>();
        for (Imatrix imatrix : comparable) {
            int number = walks.stream().map(Walk::imatrix).toList().indexOf(imatrix);
            files.add(new Comparisons.File(imatrix, walks.get(number).inputs,
                    parts.get(number).report().report().digest()));
        }
        List<DistinctPairs> pairs = Comparisons.pairs(files);
        try (Progress progress = console.progress("comparing " + files.size() + " files",
                pairs.stream().mapToLong(DistinctPairs::values).sum())) {
            return Comparisons.of(files, pairs, threads, progress::advance);
        }
    }
}
