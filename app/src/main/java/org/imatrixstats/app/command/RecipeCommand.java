package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.input.MeasuredLosses;
import org.imatrixstats.app.input.ScoredLosses;
import org.imatrixstats.app.input.Spectra;
import org.imatrixstats.app.input.MeasuredWeights;
import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.check.ModelFit;
import org.imatrixstats.app.option.BaseOption;
import org.imatrixstats.app.option.ByteSize;
import org.imatrixstats.app.option.DialectOption;
import org.imatrixstats.app.option.ImportanceOptions;
import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.option.OutputPath;
import org.imatrixstats.app.option.Options;
import org.imatrixstats.app.option.PlanOptions;
import org.imatrixstats.app.option.ProgramNames;
import org.imatrixstats.app.option.TensorSelection;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.option.TypeChoiceOptions;
import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.Shell;
import org.imatrixstats.app.output.recipe.FrontierReport;
import org.imatrixstats.app.output.recipe.FrontierSvg;
import org.imatrixstats.app.output.recipe.FrontierWriter;
import org.imatrixstats.app.output.recipe.MeasuredModel;
import org.imatrixstats.app.output.recipe.RecipeReport;
import org.imatrixstats.app.output.recipe.RecipeSummary;
import org.imatrixstats.app.output.recipe.RecipeWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.InputFiles;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.Sources;
import org.imatrixstats.measure.Evaluation;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.KldResults;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.StandardMixes;
import org.imatrixstats.recipe.Distortion;
import org.imatrixstats.recipe.residual.LayerScores;
import org.imatrixstats.recipe.Losses;
import org.imatrixstats.recipe.Promotion;
import org.imatrixstats.recipe.RankedByWeights;
import org.imatrixstats.recipe.Ranking;
import org.imatrixstats.recipe.Recipe;
import org.imatrixstats.recipe.Recipes;
import org.imatrixstats.recipe.residual.ResidualShare;
import org.imatrixstats.recipe.TensorErrors;
import org.imatrixstats.recipe.RecipeOptions;
import org.imatrixstats.recipe.Sensitivity;
import org.imatrixstats.spectrum.ModelSpectrum;
import org.imatrixstats.spectrum.SpectrumOptions;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.StatsCalculator;
import org.imatrixstats.tensor.TensorName;

import picocli.CommandLine.ParameterException;

public final class RecipeCommand extends Command {
    public static final String SUMMARY = "Choose a type for each tensor within a size limit and write the matching llama-quantize rules.";
    private static final BaseType BASE_WITHOUT_MODEL = BaseType.Q4_K_M;
    private static final double PERCENT = 100;
    private static final String RESIDUAL_SHARE = "residual-share";
    private static final String PROXY = "proxy";
    private static final String MEASURED = "measured";
    private static final String ALPHAQ = "alphaq";
    private static final List<String> IMPORTANCES = List.of(RESIDUAL_SHARE, PROXY, ALPHAQ, MEASURED);
    private static final String NEEDS_MODEL = "needs --model: sizes depend on shapes";

    private final Supplier<Path> imatrixArgument = optionalParameter("IMATRIX", Path.class,
            "the importance matrix to quantize with; without it, only the kinds of tensors are weighted");
    private final Supplier<Path> imatrixOption = option("--imatrix", "FILE", Path.class,
            "another way to name IMATRIX, as in the other commands");
    private final Supplier<Path> imatrixPath = () -> imatrixOption.get() == null
            ? imatrixArgument.get()
            : imatrixOption.get();
    private final Supplier<Path> modelPath = option("--model", "MODEL", Path.class,
            "the model to be quantized: " + ModelInput.ACCEPTED + ". Its header is enough");
    private final Supplier<Double> targetBpw = option("--target-bpw", "BITS", Double.class,
            "upper limit in bits per weight over all tensors");
    private final Supplier<ByteSize> targetSize = option("--target-size", "SIZE", ByteSize.class,
            new ByteSize.Converter(),
            "upper limit in bytes: 4.8GiB (1024³), 4.8GB (1000³), 900MiB, ... The file header is not included");
    private final Supplier<ByteSize> targetFileSize = option("--target-file-size", "SIZE", ByteSize.class,
            new ByteSize.Converter(), "the same for the whole file, with its header and padding (GGUF models)");
    private final Supplier<Boolean> frontier = flag("--frontier",
            "solve for all sizes: a table of the least loss at each size, with standard mixes beside it");
    private final Supplier<ByteSize> step = option("--step", "SIZE", ByteSize.class, new ByteSize.Converter(),
            "with --frontier: bytes between rows, such as 300MB");
    private final Supplier<Path> svg = option("--svg", "FILE", Path.class,
            "with --frontier: also draw it into this file");
    private final Supplier<Path> results = option("--results", "FILE", Path.class,
            "CSV of models that 'imatrix-stats measure --results' measured: those near this size are shown, or with --frontier"
                    + " all");
    private final DialectOption dialect = include(new DialectOption());
    private final Supplier<String> versus = option("--versus", "FTYPE", String.class,
            "compare with this standard mix, such as Q4_K_M (default: the one of the nearest size)");
    private final TypeChoiceOptions types = include(new TypeChoiceOptions());
    private final ImportanceOptions importance = include(new ImportanceOptions());
    private final Supplier<Path> distortion = option("--distortion", "FILE", Path.class,
            "CSV with type,value: distortion of each type, in place of the built-in table");
    private final Supplier<Path> sensitivity = option("--sensitivity", "FILE", Path.class,
            "measured losses, in place of importance: what 'imatrix-stats measure' wrote, or CSV with tensor,value or"
                    + " tensor,type,value");
    private final Supplier<String> measuredType = option("--measured-type", "TYPE", String.class,
            "the type in which the losses of --sensitivity were measured, if the table has no column type");
    private final Supplier<String> by = choice("--importance", "HOW|FILE", IMPORTANCES,
            "how tensors weigh against each other. residual-share: by what their blocks write to the residual stream, times"
                    + " errors measured on the weights (default where the weights can be read); proxy: by their activations and"
                    + " a role for each kind, times a table of distortions; alphaq: by the power-law exponents of the weights alone"
                    + " (data-free); measured: by --sensitivity; or FILE: scores of layers in place of residual shares, the log of"
                    + " ik_llama.cpp's 'llama-imatrix --layer-similarity' or CSV with layer,value");
    private final Supplier<Path> errors = option("--errors", "FILE", Path.class,
            "CSV that 'imatrix-stats error' wrote: measured errors in place of sampling the weights now");
    private final Supplier<Boolean> measureErrors = flag("--measure-errors",
            "measure errors on the weights now, whatever else is asked for: also without an importance matrix, with --importance"
                    + " proxy, or where measured errors are kept already");
    private final Supplier<Boolean> noCache = flag("--no-cache",
            "do not keep or use measured errors in the user's cache folder");
    private final Supplier<String> base = choice("--base", "FTYPE", null, BaseOption::names,
            "base type of the command (default: Q8_0 if every tensor has a rule, else Q4_K_M)");
    private final Supplier<String> raise = option("--raise", "SHARE", String.class,
            "without --model: give this share of each kind, the most important tensors, the type --to; such as 50%%");
    private final Supplier<String> lower = option("--lower", "SHARE", String.class,
            "without --model: the same for the least important tensors");
    private final Supplier<String> to = option("--to", "TYPE", String.class, "type for --raise and --lower");
    private final Supplier<List<String>> kinds = commaSeparated("--kind", "GLOB",
            "with --raise and --lower: only these kinds, such as attn_v,ffn_*");
    private final TextOutput output = include(new TextOutput(List.of(OutputFormat.COMMAND, OutputFormat.RULES,
            OutputFormat.FILE, OutputFormat.JSON, OutputFormat.MARKDOWN, OutputFormat.TABLE, OutputFormat.CSV),
            "--emit --format",
            "WHAT", "value",
            "command: a shell command; rules: a --custom-q string or --tensor-type options; file: a --tensor-type-file; json; markdown; with --frontier: table, csv (default: from the extension of the output file, else command or table). The summary goes to standard error; with -o to standard output"));
    private final Supplier<Shell> shell = option("--shell", "SHELL", Shell.class,
            "the shell to quote the command for: ${COMPLETION-CANDIDATES} (default: powershell on Windows, else posix)");
    private final ThreadsOption threads = include(new ThreadsOption());
    private final Console console;

    public RecipeCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats recipe [IMATRIX] --model MODEL --target-bpw BITS [options]",
                "       imatrix-stats recipe [IMATRIX] --model MODEL --target-size SIZE [options]",
                "       imatrix-stats recipe [IMATRIX] --model MODEL --frontier [--step SIZE] [options]",
                "       imatrix-stats recipe IMATRIX --raise|--lower SHARE --to TYPE [options]") //
                .header(SUMMARY) //
                .description("",
                        "With a model: the types with the least predicted loss within the size (proven optimal or with a stated gap), and the size to the byte. With the weights and an importance matrix, the loss is a KL divergence. With a header alone, it is a distortion. The rules are tested against the program's own matching before they are printed.",
                        "Without a model: a larger type for the more important tensors of each kind, or a smaller one for the others. No sizes.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats recipe imatrix.gguf --model model.gguf --target-bpw 4.5",
                        "  imatrix-stats recipe imatrix.dat --model model.gguf --target-size 21GiB --dialect ik_llama.cpp",
                        "  imatrix-stats recipe imatrix.gguf --model model.gguf --target-bpw 4 --versus Q4_K_M -o /dev/null",
                        "  imatrix-stats recipe imatrix.gguf --model model.gguf --target-bpw 4 --emit file -o rules.txt",
                        "  imatrix-stats recipe imatrix.gguf --model model.gguf --frontier --step 300MB   what 300 MB more buy",
                        "  imatrix-stats recipe imatrix.gguf --model model.gguf --frontier --svg sizes.svg",
                        "  imatrix-stats recipe --model model.gguf --target-bpw 4 --pin attn_v=q8_0 --min-type ffn_*=q4_K",
                        "  imatrix-stats recipe imatrix.gguf --raise 50% --to q6_K --kind ffn_down,attn_v");
    }

    @Override
    public Integer call() throws IOException {
        validate();
        output.validate(inputs(), console, commandLine());
        Dialect program = dialect.orLlamaCpp();
        List<String> warnings = new ArrayList<>();
        if (frontier.get()) {
            return frontier(prepare(program, warnings), warnings);
        }
        RecipeReport report = modelPath.get() == null
                ? ranked(program, warnings)
                : sized(prepare(program, warnings), warnings);
        warnings.forEach(console::warn);
        String text = RecipeWriter.text(format(), report, shell());
        requireShort(text);
        if (output.toFile()) {
            output.write(text, console);
            console.print(RecipeSummary.of(report, output.with(console.terminal())));
        } else {
            // What is asked for must be fit for $(...) and for files: people are told elsewhere.
            if (format() != OutputFormat.JSON) {
                Terminal plain = new Terminal(console.terminal().columns(), false, false);
                console.say(RecipeSummary.of(report, output.with(plain)));
            }
            output.write(text, console);
        }
        return ExitCode.DONE;
    }

    /** Where no format is asked for: a table with --frontier, else never one, whatever the extension of the file. */
    private OutputFormat format() {
        OutputFormat format = output.format();
        boolean asked = commandLine().getParseResult().hasMatchedOption("--emit");
        if (asked || format != OutputFormat.COMMAND && format != OutputFormat.TABLE) {
            return format;
        }
        return frontier.get() ? OutputFormat.TABLE : OutputFormat.COMMAND;
    }

    private Shell shell() {
        return shell.get() == null ? Shell.ofPlatform() : shell.get();
    }

    private void requireShort(String text) {
        if (format() == OutputFormat.COMMAND && text.length() > shell().longest()) {
            console.warn("the command has " + text.length() + " characters, and " + shell() + " takes "
                    + shell().longest() + ": write the rules to a file with --emit file -o FILE, and give it with"
                    + " --tensor-type-file");
        }
    }

    // ---- usage

    private List<Path> inputs() {
        return Stream.concat(Stream.of(imatrixPath, modelPath, distortion, sensitivity, errors, results)
                .map(Supplier::get).filter(Objects::nonNull), scores().stream()).toList();
    }

    private void validate() throws IOException {
        if (svg.get() != null) {
            OutputPath.validate(svg.get(), inputs(), console, commandLine());
            OutputPath.requireOneOf(List.of("svg"), svg.get(), commandLine());
        }
        require(imatrixArgument.get() == null || imatrixOption.get() == null,
                "two importance matrices: " + imatrixArgument.get() + " and --imatrix " + imatrixOption.get());
        boolean target = targetBpw.get() != null || targetSize.get() != null || targetFileSize.get() != null;
        boolean share = raise.get() != null || lower.get() != null;
        if (modelPath.get() != null) {
            require(!share, "--raise and --lower cannot be combined with --model");
            refuse("works only with --raise and --lower", "--to", "--kind");
            require(target || frontier.get(),
                    "--model needs a size: give --target-bpw or --target-size, or --frontier for all sizes");
            require(!target || !frontier.get(),
                    "--frontier solves for all sizes: it cannot be combined with --target-bpw or --target-size");
            require(targetBpw.get() == null || targetSize.get() == null,
                    "--target-bpw and --target-size cannot be combined");
            require(targetFileSize.get() == null || targetBpw.get() == null && targetSize.get() == null,
                    "--target-file-size cannot be combined with another size");
            require(targetBpw.get() == null || targetBpw.get() > 0 && targetBpw.get() < 1000,
                    "--target-bpw " + targetBpw.get() + " is out of range: expected more than 0 and less than 1000");
        } else {
            refuse(NEEDS_MODEL, "--target-bpw", "--target-size", "--target-file-size", "--frontier", "--versus",
                    "--beta",
                    "--role-weight", "--no-role-weights", "--distortion", "--sensitivity", "--measure-errors",
                    "--results");
            types.refuse(commandLine(), NEEDS_MODEL);
            require(imatrixPath.get() != null && share,
                    "give --model with --target-bpw or --target-size, or an importance matrix with --raise or --lower");
            require(raise.get() == null || lower.get() == null, "--raise and --lower cannot be combined");
            require(to.get() != null, "--raise and --lower need a type: give --to");
            require(!importance.ranking().isOfWeights(),
                    "--rank-by " + importance.ranking() + " needs --model: it goes by the weights");
            require(!ALPHAQ.equals(by.get()), "--importance " + ALPHAQ + " needs --model: it goes by the weights");
        }
        require(format() != OutputFormat.FILE || !dialect.orLlamaCpp().joinsRules(),
                "--emit file is for llama.cpp only: use --emit rules, which gives a --custom-q string");
        if (frontier.get()) {
            refuse("does not work with --frontier", "--versus", "--shell");
            require(format() != OutputFormat.RULES && format() != OutputFormat.FILE && format() != OutputFormat.COMMAND,
                    "--emit " + format() + " needs a size: --frontier has table, csv, json and markdown");
        } else {
            refuse("works only with --frontier", "--step", "--svg");
            require(format() != OutputFormat.TABLE && format() != OutputFormat.CSV,
                    "recipe writes " + format() + " only with --frontier");
        }
        if (format() != OutputFormat.COMMAND) {
            refuse("works only with --emit command", "--shell");
        }
        for (Path named : Stream.of(imatrixPath.get(), modelPath.get()).filter(Objects::nonNull).toList()) {
            require(format() != OutputFormat.COMMAND || shell().canQuote(named.toString()),
                    "a file name with a line break cannot be quoted for " + shell() + ": rename the file, or give"
                            + " --shell powershell or posix");
        }
        if (imatrixPath.get() == null) {
            if (!importance.ranking().isOfWeights()) {
                refuse("needs an importance matrix", "--rank-by", "--beta");
            }
        }
        if (sensitivity.get() != null) {
            importance.refuse(commandLine(), "cannot be combined with --sensitivity");
            require(by.get() == null || MEASURED.equals(by.get()),
                    "--importance " + by.get() + " cannot be combined with --sensitivity");
        } else {
            require(!MEASURED.equals(by.get()), "--importance measured needs --sensitivity: the losses");
            refuse("needs --sensitivity", "--measured-type");
        }
        scores().ifPresent(this::validateScores);
        if (measureErrors.get()) {
            refuse("cannot be combined with --measure-errors", "--errors", "--distortion", "--sensitivity");
        }
        importance.validate(commandLine());
    }

    /** Where scores of layers are from; empty if --importance is one of its words. */
    private Optional<Path> scores() {
        return by.get() == null || IMPORTANCES.contains(by.get()) ? Optional.empty() : Optional.of(Path.of(by.get()));
    }

    private void validateScores(Path file) {
        require(Files.exists(file) || file.toString().equals("-") || Sources.isRemote(file.toString()),
                Names.unknown(by.get(), IMPORTANCES, "--importance") + ", or the name of a file with scores of layers");
        require(modelPath.get() != null, "--importance FILE " + NEEDS_MODEL);
        importance.refuse(commandLine(), "cannot be combined with --importance FILE");
    }

    private void require(boolean condition, String message) {
        require(commandLine(), condition, message);
    }

    /** Options that would have no effect are a mistake. */
    private void refuse(String reason, String... options) {
        for (String option : options) {
            require(!commandLine().getParseResult().hasMatchedOption(option), option + " " + reason);
        }
    }

    private ProgramNames names(Dialect program) {
        return new ProgramNames(program, commandLine());
    }

    private BaseType base(Dialect program, BaseType otherwise) {
        BaseType chosen = base.get() == null ? otherwise : names(program).base("--base", base.get());
        require(!chosen.isFloat(),
                "--base " + chosen + ": llama-quantize ignores all rules with this base type");
        return chosen;
    }

    // ---- with a model

    /** What recipes of all sizes have in common. */
    private record Prepared(Dialect program, Model model, Losses losses, Recipes recipes,
            Optional<Map<String, Long>> entries, Optional<Report> report, RecipeReport.Files files, long budget,
            Optional<String> withoutWeights, CompletableFuture<List<Plan>> mixes) {
    }

    /** Losses, and why they do not go by the weights of the model where that is the default. */
    private record Basis(Losses losses, Optional<String> withoutWeights) {
        Basis(Losses losses) {
            this(losses, Optional.empty());
        }
    }

    private Prepared prepare(Dialect program, List<String> warnings) throws IOException {
        try (ModelFile file = ModelInput.open(modelPath.get(), console)) {
            return prepare(program, file, warnings);
        }
    }

    private Prepared prepare(Dialect program, ModelFile file, List<String> warnings) throws IOException {
        Model model = Model.of(file);
        if (imatrixPath.get() == null) {
            require(!RESIDUAL_SHARE.equals(by.get()),
                    "--importance residual-share needs an importance matrix: it says how large the inputs are");
            return prepare(program, model, new MeasuredWeights(file, null, !noCache.get(), threads.count(), console),
                    null,
                    Optional.empty(),
                    Optional.empty(),
                    new RecipeReport.Files(Optional.empty(), Optional.of(modelPath.get())), warnings);
        }
        try (Imatrix imatrix = Inputs.imatrix(imatrixPath.get(), console)) {
            // What ik_llama.cpp cannot read the command converts.
            Inputs.check(imatrix, program);
            warnings.addAll(ModelFit.of(imatrix, model, program).warnings(model.name()));
            Report report = report(imatrix, warnings);
            return prepare(program, model, new MeasuredWeights(file, imatrix, !noCache.get(), threads.count(), console),
                    imatrix,
                    Optional.of(report),
                    Optional.of(QuantizeOptions.sizes(imatrix)),
                    files(imatrix), warnings);
        }
    }

    private RecipeReport.Files files(Imatrix imatrix) throws IOException {
        boolean legacy = imatrix.origin().format() == Imatrix.Format.LEGACY;
        return new RecipeReport.Files(
                Optional.of(new RecipeReport.ImatrixFile(imatrixPath.get(), legacy,
                        InputFiles.isPacked(imatrixPath.get()))),
                Optional.ofNullable(modelPath.get()));
    }

    private Report report(Imatrix imatrix, List<String> warnings) throws IOException {
        Report report = StatsCalculator.report(imatrix, threads.count());
        report.warnings().forEach(warning -> warnings.add(imatrixPath.get() + ": " + warning));
        // Results of measurements name the importance matrix by its SHA-256.
        return results.get() == null
                ? report
                : report.with(ContentDigest.of(imatrix, ContentDigest.Algorithm.SHA256, threads.count()));
    }

    /** Bytes that the data of all tensors may take. */
    private long budget(Model model, Imatrix imatrix, RecipeOptions options) throws IOException {
        if (targetFileSize.get() != null) {
            return FileTarget.dataBytes(targetFileSize.get().bytes(), modelPath.get(), imatrix, imatrixPath.get(),
                    options.base(), Recipe.candidates(options, model), console);
        }
        return targetSize.get() != null
                ? targetSize.get().bytes()
                : (long) Math.floor(targetBpw.get() * model.elements() / Byte.SIZE);
    }

    private Prepared prepare(Dialect program, Model model, MeasuredWeights weights, Imatrix imatrix,
            Optional<Report> report,
            Optional<Map<String, Long>> entries, RecipeReport.Files files, List<String> warnings)
            throws IOException {
        requireKinds(program, model);
        CompletableFuture<List<Plan>> mixes = mixes(program, model, entries);
        Distortion table = distortion.get() == null
                ? Distortion.measured(program)
                : distortion(distortion.get(), program);
        Optional<Sensitivity> measured = sensitivity.get() == null
                ? Optional.empty()
                : Optional.of(sensitivity(sensitivity.get(), program));
        Losses proxy = new Losses(program, weights(model, report, warnings), table, measured,
                entries.map(Map::keySet).orElse(Set.of()), errors(program), false);
        RecipeOptions options = types.of(names(program), base(program, BaseType.Q8_0), model);
        long budget = frontier.get() ? 0 : budget(model, imatrix, options);
        if (measureErrors.get()) {
            proxy = proxy.with(weights.errorsNow(Recipe.candidates(options, model), program));
        }
        Basis basis = losses(proxy, weights, imatrix, model, options, warnings);
        measured.ifPresent(values -> warnings.addAll(values.warnings()));
        measured.ifPresent(values -> warnings.addAll(values.unknown(model)));
        return new Prepared(program, model, basis.losses, recipes(model, options, basis.losses, entries), entries,
                report, files, budget, basis.withoutWeights, mixes);
    }

    /** All standard mixes, if they are needed. They do not wait for the recipe. */
    private CompletableFuture<List<Plan>> mixes(Dialect program, Model model, Optional<Map<String, Long>> entries) {
        return versus.get() != null && results.get() == null
                ? CompletableFuture.completedFuture(List.of())
                : CompletableFuture.supplyAsync(() -> StandardMixes.plans(program, model, entries),
                        Thread.ofPlatform().daemon()::start);
    }

    private RecipeReport sized(Prepared prepared, List<String> warnings) throws IOException {
        Dialect program = prepared.program;
        Model model = prepared.model;
        long budget = prepared.budget;
        Optional<BaseType> other = versus.get() == null
                ? Optional.empty()
                : Optional.of(names(program).base("--versus", versus.get()));
        Recipe recipe = within(budget, prepared.recipes, program);
        warnings.addAll(recipe.plan().warnings());
        if (budget > recipe.mostBytes()) {
            warnings.add("the target is larger than the maximum size with these types, "
                    + Math.ceil(recipe.mostBytes() * 8e4 / model.elements()) / 1e4
                    + " bpw: every tensor gets its largest type");
        }
        List<Plan> mixes = prepared.mixes.join();
        Optional<Plan> otherPlan = other.isPresent()
                ? Optional.of(versus(program, model, other.get(), prepared.entries, warnings))
                : StandardMixes.nearest(mixes, recipe.plan().quantBytes());
        Optional<RecipeReport.Versus> compared = otherPlan.isPresent()
                ? Optional.of(RecipeReport.Versus.of(otherPlan.get(), other.isPresent(), recipe,
                        prepared.recipes))
                : Optional.empty();
        recipe.arbitraryCut(prepared.losses,
                importance.ranking().isOfWeights() ? Optional.empty() : prepared.report, importance.ranking())
                .ifPresent(warnings::add);
        return RecipeReport.of(prepared.files, importance.ranking(),
                new RecipeReport.Sized(recipe, prepared.losses, compared, measured(prepared, recipe, mixes),
                        prepared.withoutWeights),
                warnings);
    }

    private Integer frontier(Prepared prepared, List<String> warnings) throws IOException {
        warnings.forEach(console::warn);
        FrontierReport report = FrontierReport.of(prepared.recipes, prepared.model, prepared.losses, prepared.program,
                prepared.files, step.get() == null ? 0 : step.get().bytes(),
                prepared.mixes.join(), kept());
        String text = FrontierWriter.text(format(), report, output.terminal(console));
        if (svg.get() != null) {
            AtomicFile.write(svg.get(), FrontierSvg.text(report));
        }
        output.write(text, console);
        return ExitCode.DONE;
    }

    private List<KldPoint> kept() throws IOException {
        if (results.get() == null) {
            return List.of();
        }
        try (ByteSource file = console.files().open(results.get())) {
            return KldResults.read(file);
        }
    }

    private Optional<MeasuredModel.Nearby> measured(Prepared prepared, Recipe recipe, List<Plan> mixes)
            throws IOException {
        if (results.get() == null) {
            return Optional.empty();
        }
        String types = Evaluation.digest(recipe.plan(), prepared.report.map(report -> report.digest().hex()));
        return Optional.of(MeasuredModel.Nearby.of(results.get(), kept(), recipe, types, mixes, prepared.recipes,
                prepared.losses, prepared.model));
    }

    /** By activations, or by the weights alone where that was asked for. */
    private Map<String, Double> weights(Model model, Optional<Report> report, List<String> warnings)
            throws IOException {
        boolean alphaQ = ALPHAQ.equals(by.get());
        Ranking ranking = importance.ranking();
        if (!alphaQ && !ranking.isOfWeights()) {
            return importance.of(commandLine()).weights(model, report);
        }
        warnings.add((alphaQ ? "--importance " + ALPHAQ : "--rank-by " + ranking)
                + " is data-free: it knows the weights and nothing of the activations, and some models gain nothing from it."
                + " Compare the KL divergence with that of a recipe without it");
        try (Spectra spectra = Spectra.open(modelPath.get(), console)) {
            ModelSpectrum spectrum = spectra.compute(
                    ranking.needsAllSingularValues() && !alphaQ
                            ? SpectrumOptions.Method.EXACT
                            : SpectrumOptions.Method.FARMS,
                    List.of(), _ -> true, threads.count(), !noCache.get());
            return alphaQ
                    ? RankedByWeights.alphaQ(model, spectrum, spectra.variances(threads.count()), RankedByWeights.GAMMA)
                    : importance.of(commandLine()).weights(model, ranking.robustZ(spectrum));
        }
    }

    private Optional<TensorErrors> errors(Dialect program) throws IOException {
        if (errors.get() == null) {
            return Optional.empty();
        }
        try (ByteSource file = console.files().open(errors.get())) {
            return Optional.of(TensorErrors.read(file, program));
        }
    }

    /** Residual shares and measured errors, if the weights can be read and the user chose nothing else. */
    private Basis losses(Losses proxy, MeasuredWeights weights, Imatrix imatrix, Model model, RecipeOptions options,
            List<String> warnings)
            throws IOException {
        boolean asked = RESIDUAL_SHARE.equals(by.get());
        if (proxy.sensitivity().filter(Sensitivity::isOfOneType).isPresent()) {
            return new Basis(
                    new MeasuredLosses(weights, proxy, options).losses(model, warnings));
        }
        if (scores().isPresent()) {
            try (ByteSource file = console.files().open(scores().get())) {
                return new Basis(new ScoredLosses(LayerScores.read(file), weights, options,
                        distortion.get() == null).losses(proxy, model, warnings));
            }
        }
        if (imatrix == null || PROXY.equals(by.get()) || ALPHAQ.equals(by.get()) || sensitivity.get() != null) {
            return new Basis(proxy);
        }
        Optional<String> ofProxy = distortion.get() == null
                ? importance.given(commandLine())
                : Optional.of("--distortion");
        if (!asked && ofProxy.isPresent()) {
            return new Basis(proxy, importance.ranking().isOfWeights()
                    ? Optional.empty()
                    : Optional.of(ofProxy.get() + " is an option of the proxy"));
        }
        Optional<ResidualShare> shares = weights.shares();
        if (shares.isEmpty()) {
            if (asked) {
                throw new FormatException(modelPath.get(), "has no residual shares: " + weights.whyNoShares());
            }
            return new Basis(proxy, Optional.of(weights.whyNoShares()));
        }
        Optional<TensorErrors> measured = proxy.errors();
        if (measured.isEmpty()) {
            measured = Optional.of(
                    weights.errors(Recipe.candidates(options, model), options.dialect()));
        }
        return new Basis(new Losses(options.dialect(), shares.get().weights(), proxy.distortion(),
                Optional.empty(), proxy.entries(), measured, true));
    }

    private static Recipes recipes(Model model, RecipeOptions options, Losses losses,
            Optional<Map<String, Long>> entries) throws IOException {
        try {
            return Recipes.of(model, options, losses, entries);
        } catch (RefusedException e) {
            throw PlanOptions.refusal(options.dialect(), e);
        }
    }

    private static Recipe within(long budget, Recipes recipes, Dialect program) throws IOException {
        try {
            return recipes.within(budget);
        } catch (RefusedException e) {
            throw PlanOptions.refusal(program, e);
        }
    }

    private static Plan versus(Dialect program, Model model, BaseType base, Optional<Map<String, Long>> entries,
            List<String> warnings) throws RefusedException {
        QuantizeOptions plain = QuantizeOptions.of(base);
        try {
            Plan plan = Plan.of(program, model, entries.map(plain::withImatrix).orElse(plain));
            if (!plan.missingImatrix().isEmpty()) {
                warnings.add("--versus " + base + ": " + program + " would refuse it, "
                        + plan.missingImatrix().size()
                        + " tensors require an importance matrix entry that is missing, the first is "
                        + plan.missingImatrix().getFirst());
            }
            return plan;
        } catch (RefusedException e) {
            throw new RefusedException("--versus " + base + ": llama-quantize of " + program + " would refuse it: "
                    + e.getMessage());
        }
    }

    /** Kinds that options name must be there. */
    private void requireKinds(Dialect program, Model model) {
        List<String> globs = Stream.concat(types.kinds(), importance.kinds()).toList();
        if (!globs.isEmpty()) {
            List<String> known = model.tensors().stream().filter(program::mayQuantize)
                    .map(tensor -> TensorName.of(tensor.name()).kind()).distinct().sorted().toList();
            globs.forEach(glob -> requireKind(glob, known));
        }
    }

    private void requireKind(String glob, List<String> known) {
        require(known.stream().anyMatch(TensorSelection.glob(glob)), Names.unknown(glob, known, "kind"));
    }

    private Distortion distortion(Path path, Dialect program) throws IOException {
        try (ByteSource file = console.files().open(path)) {
            return Distortion.read(file, program);
        }
    }

    private Sensitivity sensitivity(Path path, Dialect program) throws IOException {
        try (ByteSource file = console.files().open(path)) {
            return Sensitivity.read(file, program, Optional.ofNullable(measuredType.get())
                    .map(name -> names(program).type("--measured-type", name)));
        }
    }

    // ---- without

    private RecipeReport ranked(Dialect program, List<String> warnings) throws IOException {
        boolean least = lower.get() != null;
        double share = share(least ? "--lower" : "--raise", least ? lower.get() : raise.get());
        GgmlType type = names(program).type("--to", to.get());
        BaseType chosenBase = base(program, BASE_WITHOUT_MODEL);
        Predicate<String> wanted = kinds.get().isEmpty()
                ? _ -> true
                : kinds.get().stream().map(TensorSelection::glob).reduce(Predicate::or).orElseThrow();
        try (Imatrix imatrix = Inputs.imatrix(imatrixPath.get(), console)) {
            Report report = report(imatrix, warnings);
            List<String> known = report.kinds().stream().map(KindStats::kind).toList();
            kinds.get().forEach(glob -> requireKind(glob, known));
            Promotion promotion = Promotion.of(report, importance.ranking(), share, least, type, wanted,
                    program, chosenBase);
            warnings.addAll(promotion.warnings());
            return RecipeReport.of(files(imatrix), importance.ranking(),
                    new RecipeReport.Ranked(promotion, share, least),
                    program, chosenBase, warnings);
        }
    }

    private double share(String option, String text) {
        try {
            double percent = Double.parseDouble(text.replaceFirst("%$", ""));
            if (percent > 0 && percent <= PERCENT) {
                return percent / PERCENT;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ParameterException(commandLine(),
                option + " '" + text + "': expected a percentage above 0 and up to 100, such as 50%");
    }
}
