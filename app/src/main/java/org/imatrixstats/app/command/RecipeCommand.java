package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.input.FileTarget;
import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.input.RecipeLosses;
import org.imatrixstats.app.option.ByteSize;
import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.option.OutputPath;
import org.imatrixstats.app.option.TensorSelection;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.option.plan.BaseOption;
import org.imatrixstats.app.option.plan.DialectOption;
import org.imatrixstats.app.option.plan.PlanOptions;
import org.imatrixstats.app.option.plan.ProgramNames;
import org.imatrixstats.app.option.recipe.LossOptions;
import org.imatrixstats.app.option.recipe.PromotionOptions;
import org.imatrixstats.app.option.recipe.SizeTarget;
import org.imatrixstats.app.option.recipe.TypeChoiceOptions;
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
import org.imatrixstats.check.ModelFit;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.Count;
import org.imatrixstats.measure.Evaluation;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.KldResults;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.StandardMixes;
import org.imatrixstats.recipe.Losses;
import org.imatrixstats.recipe.Promotion;
import org.imatrixstats.recipe.Recipe;
import org.imatrixstats.recipe.RecipeOptions;
import org.imatrixstats.recipe.Recipes;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.StatsCalculator;
import org.imatrixstats.tensor.TensorName;

public final class RecipeCommand extends Command {
    public static final String SUMMARY = "Choose a type for each tensor within a size limit and write the matching llama-quantize rules.";
    private static final BaseType BASE_WITHOUT_MODEL = BaseType.Q4_K_M;

    private final Supplier<Path> imatrixArgument = optionalParameter("IMATRIX", Path.class,
            "the importance matrix to quantize with; without it, only the kinds of tensors are weighted");
    private final Supplier<Path> imatrixOption = option("--imatrix", "FILE", Path.class,
            "another way to name IMATRIX, as in the other commands");
    private final Supplier<Path> imatrixPath = () -> imatrixOption.get() == null
            ? imatrixArgument.get()
            : imatrixOption.get();
    private final Supplier<Path> modelPath = option("--model", "MODEL", Path.class,
            "the model to be quantized: " + ModelInput.ACCEPTED + ". Its header is enough");
    private final SizeTarget target = include(new SizeTarget());
    private final Supplier<Boolean> frontier = flag("--frontier",
            "solve for all sizes: a table of the least loss at each size, with standard mixes beside it");
    private final Supplier<ByteSize> step = option("--step", "SIZE", ByteSize.class, new ByteSize.Converter(),
            "with --frontier: bytes between rows, such as 300MB");
    private final Supplier<Path> svg = output("--svg", "FILE",
            "with --frontier: also draw it into this file");
    private final Supplier<Path> results = option("--results", "FILE", Path.class,
            "CSV of models that 'imatrix-stats measure --results' measured: those near this size are shown, or with --frontier"
                    + " all");
    private final DialectOption dialect = include(new DialectOption());
    private final Supplier<String> versus = option("--versus", "FTYPE", String.class,
            "compare with this standard mix, such as Q4_K_M (default: the one of the nearest size)");
    private final TypeChoiceOptions types = include(new TypeChoiceOptions());
    private final LossOptions losses = include(new LossOptions());
    private final Supplier<String> base = choice("--base", "FTYPE", null, BaseOption::names,
            "base type of the command (default: Q8_0 if every tensor has a rule, else Q4_K_M)");
    private final PromotionOptions promotion = include(new PromotionOptions());
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
        output.validate(losses.scores().stream().toList(), console, commandLine());
        Dialect program = dialect.orLlamaCpp();
        List<String> warnings = new ArrayList<>();
        if (frontier.get()) {
            Prepared prepared = prepare(program, warnings);
            warnings.forEach(console::warn);
            return write(frontier(prepared));
        }
        RecipeReport report = modelPath.get() == null
                ? ranked(program, warnings)
                : sized(prepare(program, warnings), warnings);
        warnings.forEach(console::warn);
        return write(report);
    }

    // ---- usage

    private void validate() throws IOException {
        if (svg.get() != null) {
            OutputPath.validate(svg.get(), losses.scores().stream().toList(), console, commandLine());
            OutputPath.requireOneOf(List.of("svg"), svg.get(), commandLine());
        }
        require(imatrixArgument.get() == null || imatrixOption.get() == null,
                "two importance matrices: " + imatrixArgument.get() + " and --imatrix " + imatrixOption.get());
        if (modelPath.get() != null) {
            validateWithModel();
        } else {
            validateWithoutModel();
        }
        validateFormat();
        losses.validate(commandLine(), modelPath.get() != null, imatrixPath.get() != null);
    }

    private void validateWithModel() {
        require(!promotion.isGiven(), "--raise and --lower cannot be combined with --model");
        refuse("works only with --raise and --lower", "--to", "--kind");
        require(target.isGiven() || frontier.get(),
                "--model needs a size: give --target-bpw or --target-size, or --frontier for all sizes");
        require(!target.isGiven() || !frontier.get(),
                "--frontier solves for all sizes: it cannot be combined with --target-bpw or --target-size");
        target.validate(commandLine());
    }

    private void validateWithoutModel() {
        refuse(SizeTarget.NEEDS_MODEL, "--target-bpw", "--target-size", "--target-file-size", "--frontier", "--versus",
                "--beta", "--role-weight", "--no-role-weights", "--distortion", "--sensitivity", "--measure-errors",
                "--results");
        types.refuse(commandLine(), SizeTarget.NEEDS_MODEL);
        require(imatrixPath.get() != null && promotion.isGiven(),
                "give --model with --target-bpw or --target-size, or an importance matrix with --raise or --lower");
        promotion.validate(commandLine());
        losses.refuseWeights(commandLine());
    }

    private void validateFormat() {
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
    }

    private void require(boolean condition, String message) {
        require(commandLine(), condition, message);
    }

    private void refuse(String reason, String... options) {
        refuseAny(commandLine(), reason, options);
    }

    private void requireKinds(List<String> globs, List<String> known) {
        for (String glob : globs) {
            require(known.stream().anyMatch(TensorSelection.glob(glob)), Names.unknown(glob, known, "kind"));
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

    // ---- what is read

    /**
     * What recipes of all sizes have in common.
     *
     * @param budget bytes of the data of all tensors; 0 for all sizes
     * @param versus the mix that the user named
     * @param mixes  all standard mixes, if they are needed
     */
    private record Prepared(Model model, Optional<Report> report, Optional<Map<String, Long>> entries,
            RecipeReport.Files files, RecipeLosses.Basis basis, Recipes recipes, long budget, Optional<Plan> versus,
            CompletableFuture<List<Plan>> mixes) {
        Losses losses() {
            return basis.losses();
        }
    }

    private Prepared prepare(Dialect program, List<String> warnings) throws IOException {
        try (ModelFile file = ModelInput.open(modelPath.get(), console)) {
            Model model = Model.of(file);
            if (imatrixPath.get() == null) {
                losses.refuseShares(commandLine());
                return prepare(program, file, model, Optional.empty(), warnings);
            }
            try (Imatrix imatrix = Inputs.imatrix(imatrixPath.get(), console)) {
                // What ik_llama.cpp cannot read the command converts.
                Inputs.check(imatrix, program);
                warnings.addAll(ModelFit.of(imatrix, model, program).warnings(model.name()));
                return prepare(program, file, model, Optional.of(new RecipeLosses.Activations(imatrix,
                        report(imatrix, warnings), QuantizeOptions.sizes(imatrix))), warnings);
            }
        }
    }

    private Prepared prepare(Dialect program, ModelFile file, Model model,
            Optional<RecipeLosses.Activations> activations,
            List<String> warnings) throws IOException {
        requireKinds(program, model);
        Optional<Map<String, Long>> entries = activations.map(RecipeLosses.Activations::entries);
        Optional<Imatrix> imatrix = activations.map(RecipeLosses.Activations::imatrix);
        CompletableFuture<List<Plan>> mixes = mixes(program, model, entries);
        RecipeOptions options = types.of(names(program), base(program, BaseType.Q8_0), model);
        long budget = frontier.get() ? 0 : budget(model, imatrix, options);
        Optional<Plan> other = versus.get() == null
                ? Optional.empty()
                : Optional.of(versus(names(program).base("--versus", versus.get()), program, model, entries, warnings));
        RecipeLosses.Basis basis = new RecipeLosses(losses, names(program), modelPath.get(), file, model, activations,
                () -> beside(options, other, mixes, budget), threads.count(), console).of(options, warnings);
        return new Prepared(model, activations.map(RecipeLosses.Activations::report), entries, files(imatrix), basis,
                recipes(model, options, basis.losses(), entries), budget, other, mixes);
    }

    /** Types that are fixed, and those of mixes that are shown: a recipe need not choose from them. */
    private List<GgmlType> beside(RecipeOptions options, Optional<Plan> other, CompletableFuture<List<Plan>> mixes,
            long budget) {
        List<Plan> shown = new ArrayList<>();
        if (frontier.get() || results.get() != null) {
            shown.addAll(mixes.join());
        } else if (other.isEmpty()) {
            StandardMixes.nearest(mixes.join(), budget).ifPresent(shown::add);
        }
        other.ifPresent(shown::add);
        return Stream.concat(options.pins().stream().map(RecipeOptions.Pin::type),
                shown.stream().flatMap(plan -> plan.tensors().stream()).map(PlannedTensor::type))
                .filter(PlannedTensor::isQuant).distinct().toList();
    }

    private Report report(Imatrix imatrix, List<String> warnings) throws IOException {
        Report report = StatsCalculator.report(imatrix, threads.count());
        report.warnings().forEach(warning -> warnings.add(imatrixPath.get() + ": " + warning));
        // Results of measurements name the importance matrix by its SHA-256.
        return results.get() == null
                ? report
                : report.with(ContentDigest.of(imatrix, ContentDigest.Algorithm.SHA256, threads.count()));
    }

    /** Kinds that options name must be there. */
    private void requireKinds(Dialect program, Model model) {
        List<String> globs = Stream.concat(types.kinds(), losses.kinds()).toList();
        if (!globs.isEmpty()) {
            requireKinds(globs, model.tensors().stream().filter(program::mayQuantize)
                    .map(tensor -> TensorName.of(tensor.name()).kind()).distinct().sorted().toList());
        }
    }

    /** All standard mixes, if they are needed. They do not wait for the recipe. */
    private CompletableFuture<List<Plan>> mixes(Dialect program, Model model, Optional<Map<String, Long>> entries) {
        return versus.get() != null && results.get() == null
                ? CompletableFuture.completedFuture(List.of())
                : CompletableFuture.supplyAsync(() -> StandardMixes.plans(program, model, entries),
                        Thread.ofPlatform().daemon()::start);
    }

    /** Bytes that the data of all tensors may take. */
    private long budget(Model model, Optional<Imatrix> imatrix, RecipeOptions options) throws IOException {
        return target.fileBytes().isPresent()
                ? FileTarget.dataBytes(target.fileBytes().getAsLong(), modelPath.get(), imatrix.orElse(null),
                        imatrixPath.get(), options.base(), Recipe.candidates(options, model), console)
                : target.dataBytes(model.elements());
    }

    private RecipeReport.Files files(Optional<Imatrix> imatrix) throws IOException {
        return new RecipeReport.Files(
                imatrix.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new RecipeReport.ImatrixFile(imatrixPath.get(),
                                imatrix.get().origin().format() == Imatrix.Format.LEGACY,
                                InputFiles.isPacked(imatrixPath.get()))),
                Optional.ofNullable(modelPath.get()));
    }

    private List<KldPoint> kept() throws IOException {
        if (results.get() == null) {
            return List.of();
        }
        try (ByteSource file = console.files().open(results.get())) {
            return KldResults.read(file);
        }
    }

    // ---- what is chosen

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

    /** Types for all tensors within the size, beside a standard mix. */
    private RecipeReport sized(Prepared prepared, List<String> warnings) throws IOException {
        Dialect program = dialect.orLlamaCpp();
        Recipe recipe = within(prepared.budget, prepared.recipes, program);
        warnings.addAll(recipe.plan().warnings());
        if (prepared.budget > recipe.mostBytes()) {
            warnings.add("the target is larger than the maximum size with these types, "
                    + Math.ceil(recipe.mostBytes() * 8e4 / prepared.model.elements()) / 1e4
                    + " bpw: every tensor gets its largest type");
        }
        List<Plan> mixes = prepared.mixes.join();
        Optional<Plan> other = prepared.versus.or(() -> StandardMixes.nearest(mixes, recipe.plan().quantBytes()));
        Optional<RecipeReport.Versus> compared = other.isPresent()
                ? Optional.of(RecipeReport.Versus.of(other.get(), prepared.versus.isPresent(), recipe,
                        prepared.recipes))
                : Optional.empty();
        recipe.arbitraryCut(prepared.losses(), losses.isDataFree() ? Optional.empty() : prepared.report,
                losses.ranking()).ifPresent(warnings::add);
        return RecipeReport.of(prepared.files, losses.ranking(),
                new RecipeReport.Sized(recipe, prepared.losses(), compared,
                        measured(prepared, recipe, mixes), prepared.basis.withoutWeights()),
                warnings);
    }

    private static Plan versus(BaseType base, Dialect program, Model model, Optional<Map<String, Long>> entries,
            List<String> warnings) throws RefusedException {
        QuantizeOptions plain = QuantizeOptions.of(base);
        try {
            Plan plan = Plan.of(program, model, entries.map(plain::withImatrix).orElse(plain));
            if (!plan.missingImatrix().isEmpty()) {
                warnings.add("--versus " + base + ": " + program + " would refuse it, "
                        + Count.of(plan.missingImatrix().size(), "tensor")
                        + " without the importance matrix entry that it requires, the first is "
                        + plan.missingImatrix().getFirst());
            }
            return plan;
        } catch (RefusedException e) {
            throw new RefusedException("--versus " + base + ": llama-quantize of " + program + " would refuse it: "
                    + e.getMessage());
        }
    }

    private Optional<MeasuredModel.Nearby> measured(Prepared prepared, Recipe recipe, List<Plan> mixes)
            throws IOException {
        if (results.get() == null) {
            return Optional.empty();
        }
        String measuredTypes = Evaluation.digest(recipe.plan(), prepared.report.map(report -> report.digest().hex()));
        return Optional
                .of(MeasuredModel.Nearby.of(results.get(), kept(), recipe, measuredTypes, mixes, prepared.recipes,
                        prepared.losses(), prepared.model));
    }

    /** The least loss at each size. */
    private FrontierReport frontier(Prepared prepared) throws IOException {
        return FrontierReport.of(prepared.recipes, prepared.model, prepared.losses(), dialect.orLlamaCpp(),
                prepared.files,
                step.get() == null ? 0 : step.get().bytes(), prepared.mixes.join(), kept());
    }

    /** Without a model: a type for a share of each kind. */
    private RecipeReport ranked(Dialect program, List<String> warnings) throws IOException {
        double share = promotion.share(commandLine());
        GgmlType type = promotion.type(names(program));
        BaseType chosenBase = base(program, BASE_WITHOUT_MODEL);
        try (Imatrix imatrix = Inputs.imatrix(imatrixPath.get(), console)) {
            Report report = report(imatrix, warnings);
            requireKinds(promotion.kinds(), report.kinds().stream().map(KindStats::kind).toList());
            Promotion chosen = Promotion.of(report, losses.ranking(), share, promotion.isOfLeast(), type,
                    promotion.isMeant(), program, chosenBase);
            warnings.addAll(chosen.warnings());
            return RecipeReport.of(files(Optional.of(imatrix)), losses.ranking(),
                    new RecipeReport.Ranked(chosen, share, promotion.isOfLeast()), program, chosenBase, warnings);
        }
    }

    // ---- what is written

    private Integer write(RecipeReport report) throws IOException {
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

    private Integer write(FrontierReport report) throws IOException {
        String text = FrontierWriter.text(format(), report, output.terminal(console));
        if (svg.get() != null) {
            AtomicFile.write(svg.get(), FrontierSvg.text(report));
        }
        output.write(text, console);
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
}
