package org.imatrixstats.app.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.input.Spectra;
import org.imatrixstats.app.input.Reviews;
import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.MeasuredWeights;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.html.Document;
import org.imatrixstats.app.html.FilePart;
import org.imatrixstats.app.html.HtmlReport;
import org.imatrixstats.app.option.ExpertsOption;
import org.imatrixstats.app.option.OutputPath;
import org.imatrixstats.app.option.PlanOptions;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.check.CheckReport;
import org.imatrixstats.app.output.converge.ConvergeLevels;
import org.imatrixstats.app.output.converge.ConvergeReport;
import org.imatrixstats.app.output.converge.ConvergeWriter;
import org.imatrixstats.app.output.error.ErrorPage;
import org.imatrixstats.app.output.measure.MeasureReport;
import org.imatrixstats.app.output.measure.MeasureWriter;
import org.imatrixstats.app.output.plan.PlanReport;
import org.imatrixstats.app.output.plan.PlanWriter;
import org.imatrixstats.app.output.recipe.FrontierJson;
import org.imatrixstats.app.output.recipe.FrontierReport;
import org.imatrixstats.app.output.recipe.FrontierWriter;
import org.imatrixstats.app.output.spectrum.SpectrumJson;
import org.imatrixstats.app.output.spectrum.SpectrumReport;
import org.imatrixstats.app.output.spectrum.SpectrumDetail;
import org.imatrixstats.app.output.spectrum.SpectrumWriter;
import org.imatrixstats.app.output.stats.FileReport;
import org.imatrixstats.app.output.stats.StatsLevels;
import org.imatrixstats.app.output.weights.WeightsJson;
import org.imatrixstats.app.output.weights.WeightsReport;
import org.imatrixstats.app.output.weights.WeightsWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.check.Finding;
import org.imatrixstats.check.ImatrixCheck;
import org.imatrixstats.compare.ColumnDensity;
import org.imatrixstats.compare.DistinctPairs;
import org.imatrixstats.compare.Pairing;
import org.imatrixstats.converge.Convergence;
import org.imatrixstats.converge.Snapshot;
import org.imatrixstats.converge.SnapshotSeries;
import org.imatrixstats.converge.Verdict;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.Sources;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.KldResults;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.recipe.ErrorRows;
import org.imatrixstats.spectrum.SpectrumOptions;
import org.imatrixstats.stats.DistributionCalculator;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.StatsCalculator;
import org.imatrixstats.weights.ModelChange;
import org.imatrixstats.weights.ModelReview;

import picocli.CommandLine.ParameterException;

public final class ReportCommand extends Command {
    public static final String SUMMARY = "Make an HTML page with charts and tables of importance matrices.";
    private static final Path DEFAULT_OUTPUT = Path.of("report.html");
    private static final Path STANDARD_OUTPUT = Path.of("-");
    private static final int TOP_COLUMNS = 12;
    /** With more tensors, each names fewer columns. */
    private static final int MANY_TENSORS = 5000;
    private static final int TOP_COLUMNS_OF_MANY = 4;
    private static final int NAMES_IN_TITLE = 3;
    private static final int TOP_TENSORS = 10;
    /** A chart has room for more bins than a table. */
    private static final int BINS_FACTOR = 3;
    /** Points per matrix, evenly spaced: more than a chart has room for. */
    private static final int MOST_SINGULAR_VALUES = 128;

    private final Supplier<List<Path>> files = optionalParameters("FILE", Path.class,
            "importance matrices to show; may be left out with --errors, --spectrum, --frontier or --results");
    private final Supplier<Path> output = option("-o --output", "FILE", Path.class,
            "write to this file; it is replaced only on success; - is standard output (default: report.html, which may only replace an earlier report)");
    private final Supplier<String> title = option("--title", "TEXT", String.class,
            "title of the page (default: the file names)");
    private final Supplier<Path> model = option("--model", "MODEL", Path.class,
            "the model to be quantized (" + ModelInput.ACCEPTED
                    + "; its header is enough): does the first FILE fit it, and"
                    + " where do the bits go, with the options from --base on. With its weights: how much of the residual"
                    + " stream each block writes");
    private final PlanOptions plan = include(new PlanOptions());
    private final Supplier<List<Path>> weights = repeated("--weights", "MODEL", Path.class,
            "a model whose weights the page shows; given twice, also what changed from the first to the second. All its data"
                    + " are read");
    private final Supplier<Path> spectrum = option("--spectrum", "MODEL", Path.class,
            "a model whose singular values the page shows, with saliency curves by the first FILE");
    private final Supplier<Path> errors = option("--errors", "FILE", Path.class,
            "a CSV that 'imatrix-stats error' wrote: what each type costs each tensor");
    private final Supplier<Path> frontier = option("--frontier", "FILE", Path.class,
            "what 'imatrix-stats recipe --frontier --emit json' wrote: the least loss at each size, and standard mixes");
    private final Supplier<Path> results = option("--results", "FILE", Path.class,
            "a CSV of models that 'imatrix-stats measure --results' measured: a table, and points beside the frontier");
    private final Supplier<Boolean> noCache = flag("--no-cache",
            "do not keep or use figures of models in the user's cache folder");
    private final ExpertsOption experts = include(new ExpertsOption());
    private final ThreadsOption threads = include(new ThreadsOption());
    private final List<String> notes = new ArrayList<>();
    private final Console console;

    public ReportCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats report FILE... [-o OUT.html] [options]",
                "       imatrix-stats report --errors errors.csv [-o OUT.html]",
                "       imatrix-stats report --frontier frontier.json [--results kld.csv] [-o OUT.html]") //
                .header(SUMMARY) //
                .description("",
                        "The page is a single file and needs no network. It shows problems, a heat map of layers and kinds, curves, the columns of each tensor, experts, and all figures. With two or more files it compares them. With snapshots of one run it shows convergence.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats report imatrix.gguf                       writes report.html",
                        "  imatrix-stats report imatrix.gguf -o imatrix.html",
                        "  imatrix-stats report prose.gguf code.gguf               two calibration texts compared",
                        "  imatrix-stats report imatrix.gguf*                      snapshots: has the run seen enough?",
                        "  imatrix-stats report imatrix.gguf --model model.gguf --tensor-type-file rules.txt  where the bits go",
                        "  imatrix-stats report imatrix.gguf --weights model.gguf  and the weights of the model",
                        "  imatrix-stats report imatrix.gguf --spectrum model.gguf  and their singular values",
                        "  imatrix-stats report imatrix.gguf --errors errors.csv   and what each type costs each tensor",
                        "  imatrix-stats report imatrix.gguf --frontier frontier.json --results kld.csv  losses by size");
    }

    @Override
    public Integer call() throws IOException {
        validate();
        Path target = target();
        try (Inputs inputs = Inputs.open(files.get(), console)) {
            HtmlReport report = report(inputs);
            if (target.equals(STANDARD_OUTPUT)) {
                ByteArrayOutputStream page = new ByteArrayOutputStream();
                report.writeTo(page);
                console.print(page.toString(StandardCharsets.UTF_8));
            } else {
                AtomicFile.write(target, report::writeTo);
                console.print("wrote " + target + "\n");
            }
        }
        return ExitCode.DONE;
    }

    private Path target() {
        return output.get() == null ? DEFAULT_OUTPUT : output.get();
    }

    private void validate() throws IOException {
        if (files.get().isEmpty()) {
            require(commandLine(), alone().findAny().isPresent(),
                    "missing FILE: name importance matrices to show");
            require(commandLine(), model.get() == null && weights.get().isEmpty(),
                    "missing FILE: --model and --weights need an importance matrix");
        }
        require(commandLine(), weights.get().size() <= 2, "--weights takes one model, or two to compare");
        if (model.get() == null) {
            plan.refuse(commandLine(), "needs --model");
        }
        if (output.get() == null && Files.exists(DEFAULT_OUTPUT) && !isReport(DEFAULT_OUTPUT)) {
            throw new ParameterException(commandLine(), DEFAULT_OUTPUT
                    + " exists and was not made by imatrix-stats: choose another file with -o FILE");
        }
        if (!target().equals(STANDARD_OUTPUT)) {
            OutputPath.validate(target(), inputFiles(), console, commandLine());
            OutputPath.requireOneOf(List.of("html", "htm"), target(), commandLine());
        }
    }

    private List<Path> inputFiles() {
        List<Path> inputs = new ArrayList<>(files.get());
        inputs.addAll(plan.ruleFiles());
        if (model.get() != null) {
            inputs.add(model.get());
        }
        inputs.addAll(weights.get());
        alone().forEach(inputs::add);
        return inputs;
    }

    /** What makes a page without an importance matrix. */
    private Stream<Path> alone() {
        return Stream.of(spectrum.get(), errors.get(), frontier.get(), results.get()).filter(Objects::nonNull);
    }

    private static boolean isReport(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(256), StandardCharsets.UTF_8).contains(HtmlReport.MARK);
        }
    }

    private String title() {
        List<Path> shown = files.get().isEmpty() ? alone().toList() : files.get();
        List<String> names = shown.stream().map(file -> file.getFileName().toString()).toList();
        int others = names.size() - NAMES_IN_TITLE;
        return title.get() != null
                ? title.get()
                : names.stream().limit(NAMES_IN_TITLE).collect(Collectors.joining(", "))
                        + (others > 0 ? " and " + others + " more" : "");
    }

    private static String version() throws IOException {
        return VersionProvider.line();
    }

    private HtmlReport report(Inputs inputs) throws IOException {
        try (ModelFile header = model.get() == null ? null : ModelInput.open(model.get(), console)) {
            return report(inputs, Optional.ofNullable(header));
        }
    }

    private HtmlReport report(Inputs inputs, Optional<ModelFile> header) throws IOException {
        Optional<Document> planned = header.isEmpty()
                ? Optional.empty()
                : plan(inputs.imatrices().getFirst(), header.get());
        List<Walk> walks = new ArrayList<>();
        for (Imatrix imatrix : inputs.imatrices()) {
            walks.add(new Walk(imatrix, SharedInputs.of(imatrix, threads.count()), walks.isEmpty()));
        }
        List<FilePart> parts = parts(walks, header);
        List<Document> documents = new ArrayList<>();
        List<List<ColumnDensity>> densities = List.of();
        if (parts.size() > 1) {
            Optional<Convergence> run = run(inputs.imatrices());
            if (run.isPresent()) {
                documents.add(document(run.get()));
            }
            List<Imatrix> comparable = comparable(
                    run.map(convergence -> lastTwo(convergence.series())).orElse(inputs.imatrices()));
            if (comparable.size() > 1) {
                Comparisons comparisons = comparisons(walks, parts, comparable);
                documents.add(comparisons.document());
                densities = comparisons.densities();
            }
        }
        planned.ifPresent(documents::add);
        if (!weights.get().isEmpty()) {
            documents.add(weights(inputs.imatrices().getFirst()));
        }
        if (spectrum.get() != null) {
            documents.add(spectrum(inputs.imatrices().stream().limit(1).toList()));
        }
        if (errors.get() != null) {
            documents.add(errors());
        }
        List<KldPoint> measured = measured();
        if (frontier.get() != null) {
            documents.add(frontier(measured));
        }
        if (!measured.isEmpty()) {
            documents.add(measured(measured));
        }
        return new HtmlReport(title(), parts, documents, densities, notes, version());
    }

    /** Empty if the files are not snapshots of one run. */
    private Optional<Convergence> run(List<Imatrix> imatrices) throws IOException {
        try {
            SnapshotSeries series = SnapshotSeries.of(imatrices);
            series.warnings().forEach(console::warn);
            return Optional.of(Convergence.of(series, _ -> true, threads.count(), _ -> {
            }));
        } catch (ImatrixException e) {
            if (holdsSnapshots(imatrices)) {
                note("the page does not show convergence: some files are snapshots of one run, others are not. Give only the snapshots");
            }
            return Optional.empty();
        }
    }

    /** Whether some of these files are of one run, as far as their datasets and counts say. */
    private static boolean holdsSnapshots(List<Imatrix> imatrices) throws IOException {
        for (Imatrix one : imatrices) {
            for (Imatrix other : imatrices) {
                if (one != other && !one.origin().datasets().isEmpty() && areSnapshots(one, other)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean areSnapshots(Imatrix one, Imatrix other) throws IOException {
        try {
            SnapshotSeries.of(List.of(one, other));
            return one.origin().datasets().equals(other.origin().datasets());
        } catch (ImatrixException e) {
            return false;
        }
    }

    private static Document document(Convergence run) throws IOException {
        ConvergeReport report = new ConvergeReport(
                new Verdict(run, Double.parseDouble(ConvergeCommand.DEFAULT_THRESHOLD)),
                TOP_TENSORS);
        return new Document(Document.Kind.CONVERGE,
                ConvergeWriter.of(OutputFormat.JSON, Terminal.PIPE).text(report, ConvergeLevels.ALL),
                ConvergeWriter.of(OutputFormat.TABLE, Terminal.PIPE).text(report, ConvergeLevels.ALL));
    }

    private static List<Imatrix> lastTwo(SnapshotSeries series) {
        return series.snapshots().subList(series.snapshots().size() - 2, series.snapshots().size()).stream()
                .map(Snapshot::imatrix).toList();
    }

    /** The first and those that it can be compared with; of the others the page says that they cannot. */
    private List<Imatrix> comparable(List<Imatrix> imatrices) throws IOException {
        Imatrix first = imatrices.getFirst();
        List<Imatrix> comparable = new ArrayList<>(List.of(first));
        for (Imatrix other : imatrices.subList(1, imatrices.size())) {
            try {
                Pairing.of(first, other).requireCommonTensors();
                comparable.add(other);
            } catch (ImatrixException e) {
                note(e.getMessage() + "; it is shown separately");
            }
        }
        return comparable;
    }

    private Comparisons comparisons(List<Walk> walks, List<FilePart> parts, List<Imatrix> comparable)
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
            return Comparisons.of(files, pairs, threads.count(), progress::advance);
        }
    }

    /** What is said now, and to those who see the page. */
    private void note(String warning) {
        console.warn(warning);
        notes.add(warning);
    }

    /** Empty if llama-quantize would not read the importance matrix: the page says so, and what is wrong with it. */
    private Optional<Document> plan(Imatrix imatrix, ModelFile header) throws IOException {
        Dialect program = plan.program(commandLine());
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

    /** The review of one or two models, weighted with an importance matrix where it fits. */
    private Document weights(Imatrix imatrix) throws IOException {
        List<WeightsReport> reports = new ArrayList<>();
        ModelChange change = null;
        StringBuilder text = new StringBuilder();
        try (Reviews first = Reviews.open(weights.get().getFirst(), imatrix, console)) {
            reports.add(review(first));
            if (weights.get().size() > 1) {
                try (Reviews second = Reviews.open(weights.get().getLast(), imatrix, console)) {
                    reports.add(review(second));
                    change = first.changeTo(second, threads.count());
                }
                text.append(WeightsWriter.text(OutputFormat.TABLE, change, Terminal.PIPE, false)).append('\n');
            }
        }
        reports.forEach(report -> text.append(WeightsWriter.text(OutputFormat.TABLE, report, Terminal.PIPE, false))
                .append('\n'));
        return new Document(Document.Kind.WEIGHTS, WeightsJson.text(reports, change), text.toString());
    }

    /** The spectra of a model, with saliencies where the importance matrix fits. */
    private Document spectrum(List<Imatrix> imatrix) throws IOException {
        try (Spectra spectra = Spectra.open(spectrum.get(), console)) {
            SpectrumReport report = SpectrumReport.of(spectra.compute(SpectrumOptions.Method.AUTO, imatrix,
                    _ -> true, threads.count(), !noCache.get()), spectra.file().config().architecture());
            return new Document(Document.Kind.SPECTRUM, SpectrumJson.text(List.of(report), MOST_SINGULAR_VALUES),
                    SpectrumWriter.text(OutputFormat.TABLE, report, Terminal.PIPE, SpectrumDetail.NONE));
        }
    }

    private Document errors() throws IOException {
        try (ByteSource file = console.files().open(errors.get())) {
            ErrorPage page = new ErrorPage(ErrorRows.read(file));
            return new Document(Document.Kind.ERRORS, page.json(), page.text());
        }
    }

    private List<KldPoint> measured() throws IOException {
        if (results.get() == null) {
            return List.of();
        }
        try (ByteSource file = console.files().open(results.get())) {
            return KldResults.read(file);
        }
    }

    private static Document measured(List<KldPoint> points) {
        MeasureReport report = new MeasureReport(null, 0, List.of(), points);
        return new Document(Document.Kind.MEASURE,
                MeasureWriter.text(OutputFormat.JSON, report, Terminal.PIPE, true),
                MeasureWriter.text(OutputFormat.TABLE, report, Terminal.PIPE, true));
    }

    private Document frontier(List<KldPoint> measured) throws IOException {
        try (ByteSource file = console.files().open(frontier.get())) {
            FrontierReport read = FrontierJson.read(file);
            if (read.foreign(measured) > 0) {
                note("the chart of sizes leaves out " + Numbers.count(read.foreign(measured), "measurement")
                        + " of models with another file name than " + read.model());
            }
            FrontierReport report = read.with(measured);
            return new Document(Document.Kind.FRONTIER,
                    FrontierWriter.text(OutputFormat.JSON, report, Terminal.PIPE),
                    FrontierWriter.text(OutputFormat.TABLE, report, Terminal.PIPE));
        }
    }

    private WeightsReport review(Reviews model) throws IOException {
        return model.review(ModelReview.DEFAULT_BINS * BINS_FACTOR, threads.count(), true).withoutExperts();
    }

    private boolean reads(Dialect program, Imatrix imatrix) throws IOException {
        try {
            program.check(imatrix);
            return true;
        } catch (RefusedException e) {
            note("the page does not show the plan: " + e.getMessage());
            return false;
        }
    }

    /** A file and what its entries share. */
    private record Walk(Imatrix imatrix, SharedInputs inputs, boolean isFirst) {
        /** Values that are walked: of entries that hold the same, those of the first. */
        long values() {
            return imatrix.entries().values().stream().filter(entry -> inputs.firstOf(entry) == entry)
                    .mapToLong(ImatrixEntry::size).sum();
        }
    }

    /** The figures of a file, of the first one with what the blocks of the model write to the residual stream. */
    private Report withShares(Report report, Walk walk, Optional<ModelFile> header) throws IOException {
        if (header.isEmpty() || !walk.isFirst) {
            return report;
        }
        return Sources.isRemote(model.get().toString())
                ? report.with("no residual shares: the weights of the model are not fetched")
                : new MeasuredWeights(header.get(), walk.imatrix, !noCache.get(), threads.count(), console)
                        .withShares(report);
    }

    private List<FilePart> parts(List<Walk> walks, Optional<ModelFile> header) throws IOException {
        List<FilePart> parts = new ArrayList<>();
        try (Progress progress = console.progress("reading", walks.stream().mapToLong(Walk::values).sum())) {
            for (Walk walk : walks) {
                parts.add(part(walk, header, progress));
            }
        }
        return parts;
    }

    /** Figures, findings and distributions of one walk. */
    private FilePart part(Walk walk, Optional<ModelFile> header, Progress progress) throws IOException {
        Imatrix imatrix = walk.imatrix;
        ImatrixCheck check = new ImatrixCheck(imatrix, header);
        DistributionCalculator columns = new DistributionCalculator(imatrix, experts.given(), topColumns(imatrix));
        Report report = StatsCalculator.report(imatrix, walk.inputs, experts.given(), threads.count(),
                progress::advance,
                List.of(check.visitor(), columns.visitor()));
        report.warnings().forEach(warning -> console.warn(imatrix.path() + ": " + warning));
        report = withShares(report, walk, header);
        FileReport figures = new FileReport(imatrix, report, report.kinds(), threads.count());
        List<Sheet<FileReport, ?>> sheets = List.of(StatsLevels.TENSOR.sheet(figures), StatsLevels.LAYER.sheet(figures),
                StatsLevels.KIND.sheet(figures));
        List<Finding> findings = check.findings(walk.inputs, ImatrixCheck.DEFAULT_MIN_TOKENS, threads.count());
        return new FilePart(figures, sheets, new CheckReport(imatrix.name(), findings, false),
                columns.distributions(report));
    }

    private static int topColumns(Imatrix imatrix) {
        return imatrix.entries().size() > MANY_TENSORS ? TOP_COLUMNS_OF_MANY : TOP_COLUMNS;
    }
}
