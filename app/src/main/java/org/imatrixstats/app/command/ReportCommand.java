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

import org.imatrixstats.app.html.Document;
import org.imatrixstats.app.html.FilePart;
import org.imatrixstats.app.html.HtmlReport;
import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.option.ExpertsOption;
import org.imatrixstats.app.option.OutputPath;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.option.plan.PlanOptions;
import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.page.Comparisons;
import org.imatrixstats.app.page.KeptDocuments;
import org.imatrixstats.app.page.ModelDocuments;
import org.imatrixstats.app.page.Notes;
import org.imatrixstats.app.page.PageFiles;
import org.imatrixstats.app.page.RunConvergence;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.compare.ColumnDensity;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.model.ModelFile;

public final class ReportCommand extends Command {
    public static final String SUMMARY = "Make an HTML page with charts and tables of importance matrices.";
    private static final Path DEFAULT_OUTPUT = Path.of("report.html");
    private static final Path STANDARD_OUTPUT = Path.of("-");
    private static final int NAMES_IN_TITLE = 3;

    private final Supplier<List<Path>> files = optionalParameters("FILE", Path.class,
            "importance matrices to show; may be left out with --errors, --spectrum, --frontier or --results");
    private final Supplier<Path> output = output("-o --output", "FILE",
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
    private final Notes notes;
    private final Console console;

    public ReportCommand(Console console) {
        this.console = console;
        this.notes = new Notes(console);
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
        require(commandLine(), output.get() != null || !Files.exists(DEFAULT_OUTPUT) || isReport(DEFAULT_OUTPUT),
                DEFAULT_OUTPUT + " exists and was not made by imatrix-stats: choose another file with -o FILE");
        if (!target().equals(STANDARD_OUTPUT)) {
            OutputPath.validate(target(), List.of(), console, commandLine());
            OutputPath.requireOneOf(List.of("html", "htm"), target(), commandLine());
        }
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

    private HtmlReport report(Inputs inputs) throws IOException {
        try (ModelFile header = model.get() == null ? null : ModelInput.open(model.get(), console)) {
            return report(inputs, Optional.ofNullable(header));
        }
    }

    private HtmlReport report(Inputs inputs, Optional<ModelFile> header) throws IOException {
        List<Imatrix> imatrices = inputs.imatrices();
        ModelDocuments models = new ModelDocuments(!noCache.get(), threads.count(), notes, console);
        Optional<Document> planned = header.isEmpty()
                ? Optional.empty()
                : models.plan(plan, commandLine(), imatrices.getFirst(), header.get());
        PageFiles pageFiles = new PageFiles(imatrices, experts.given(), threads.count(), console);
        List<FilePart> parts = pageFiles.parts(
                header.map(file -> new PageFiles.StreamModel(model.get(), file, !noCache.get())));
        List<Document> documents = new ArrayList<>();
        List<List<ColumnDensity>> densities = List.of();
        if (parts.size() > 1) {
            Optional<RunConvergence> run = RunConvergence.of(imatrices, threads.count(), notes, console);
            if (run.isPresent()) {
                documents.add(run.get().document(Double.parseDouble(ConvergeCommand.DEFAULT_THRESHOLD)));
            }
            List<Imatrix> comparable = Comparisons.comparable(run.map(RunConvergence::lastTwo).orElse(imatrices),
                    notes);
            if (comparable.size() > 1) {
                Comparisons comparisons = pageFiles.comparisons(parts, comparable);
                documents.add(comparisons.document());
                densities = comparisons.densities();
            }
        }
        planned.ifPresent(documents::add);
        if (!weights.get().isEmpty()) {
            documents.add(models.weights(weights.get(), imatrices.getFirst()));
        }
        if (spectrum.get() != null) {
            documents.add(models.spectrum(spectrum.get(), imatrices.stream().limit(1).toList()));
        }
        addKept(documents);
        return new HtmlReport(title(), parts, documents, densities, notes.all(), VersionProvider.line());
    }

    private void addKept(List<Document> documents) throws IOException {
        KeptDocuments kept = new KeptDocuments(notes, console);
        if (errors.get() != null) {
            documents.add(kept.errors(errors.get()));
        }
        List<KldPoint> measured = results.get() == null ? List.of() : kept.measured(results.get());
        if (frontier.get() != null) {
            documents.add(kept.frontier(frontier.get(), measured));
        }
        if (!measured.isEmpty()) {
            documents.add(kept.document(measured));
        }
    }
}
