package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.output.RecipeFormat;
import org.imatrixstats.app.output.RecipeReport;
import org.imatrixstats.app.output.RecipeSummary;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.gguf.GgmlType;
import org.imatrixstats.gguf.GgufShards;
import org.imatrixstats.gguf.MappedFile;
import org.imatrixstats.gguf.TensorInfo;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.TensorName;
import org.imatrixstats.imatrix.quantize.BaseType;
import org.imatrixstats.imatrix.quantize.Dialect;
import org.imatrixstats.imatrix.quantize.EcmaScriptPattern;
import org.imatrixstats.imatrix.quantize.Model;
import org.imatrixstats.imatrix.quantize.Plan;
import org.imatrixstats.imatrix.quantize.QuantizeOptions;
import org.imatrixstats.imatrix.quantize.RefusedException;
import org.imatrixstats.imatrix.recipe.Distortion;
import org.imatrixstats.imatrix.recipe.Harmony;
import org.imatrixstats.imatrix.recipe.Importance;
import org.imatrixstats.imatrix.recipe.Losses;
import org.imatrixstats.imatrix.recipe.ModelFit;
import org.imatrixstats.imatrix.recipe.Promotion;
import org.imatrixstats.imatrix.recipe.Ranking;
import org.imatrixstats.imatrix.recipe.Recipe;
import org.imatrixstats.imatrix.recipe.RecipeOptions;
import org.imatrixstats.imatrix.recipe.Sensitivity;
import org.imatrixstats.imatrix.stats.KindStats;
import org.imatrixstats.imatrix.stats.Report;
import org.imatrixstats.imatrix.stats.StatsCalculator;

import picocli.CommandLine.ParameterException;

final class RecipeCommand extends Command {
    private static final BaseType BASE_WITHOUT_MODEL = BaseType.Q4_K_M;
    private static final double PERCENT = 100;

    private final Supplier<Path> imatrixPath = optionalParameter("IMATRIX", Path.class,
            "the importance matrix to quantize with; without one, kinds of tensors are all that is weighed");
    private final Supplier<Path> modelPath = option("--model", "MODEL", Path.class,
            "the model to be quantized (GGUF; any part of a split one). Its header is enough");
    private final Supplier<Double> targetBpw = option("--target-bpw", "BITS", Double.class,
            "bits per weight of the data of all tensors, at most");
    private final Supplier<ByteSize> targetSize = option("--target-size", "SIZE", ByteSize.class,
            new ByteSize.Converter(),
            "the same as a size: 4.8GiB (1024³ bytes), 4.8GB (1000³), 900MiB, ... The header of the file comes on top");
    private final DialectOption dialect = include(new DialectOption());
    private final Supplier<String> versus = option("--versus", "FTYPE", String.class,
            "compare with a standard mix, such as Q4_K_M: where bits moved");
    private final Supplier<List<String>> types = commaSeparated("--types", "TYPE", RecipeCommand::typeNames,
            "types to choose from (default: those of good quality for their size, from three quarters of the target)");
    private final Supplier<List<String>> pins = repeated("--pin", "RE=TYPE", String.class,
            "a type for tensors in whose name this regular expression is found; may be repeated, the first wins");
    private final Supplier<List<String>> minTypes = repeated("--min-type", "[KIND=]TYPE", String.class,
            "no smaller type, for all or for kinds such as attn_*; may be repeated");
    private final Supplier<List<String>> maxTypes = repeated("--max-type", "[KIND=]TYPE", String.class,
            "no larger type, likewise");
    private final Supplier<String> outputType = option("--output-type --output-tensor-type", "TYPE", String.class,
            "the type of output.weight (default: chosen like the others, with a weight of 18)");
    private final Supplier<String> tokenEmbeddingType = option("--token-embedding-type", "TYPE", String.class,
            "the type of token_embd.weight (default: chosen like the others)");
    private final Supplier<Boolean> split = flag("--no-harmonize",
            "ffn_gate and ffn_up of a layer may get different types");
    private final Supplier<Boolean> harmonizeQk = flag("--harmonize-qk", "attn_q and attn_k of a layer get one type");
    private final Supplier<Boolean> harmonizeQkv = flag("--harmonize-qkv",
            "attn_q, attn_k and attn_v of a layer get one type");
    private final Supplier<Ranking> ranking = option("--rank-by", "FIGURE", Ranking.class, "sum",
            "what makes a tensor more important than others of its kind: ${COMPLETION-CANDIDATES} (default:"
                    + " ${DEFAULT-VALUE})");
    private final Supplier<Double> beta = option("--beta", "B", Double.class,
            Double.toString(Importance.DEFAULT_BETA),
            "how much: a factor of exp(B · tanh(0.8 · z)), z the robust z-score; 0 for all alike (default:"
                    + " ${DEFAULT-VALUE})");
    private final Supplier<List<String>> roleWeights = repeated("--role-weight", "KIND=W", String.class,
            "weight of a kind, before the defaults: output=18, attn_v=3.5, ffn_down*=3.5, attn_output=1.6; may be"
                    + " repeated");
    private final Supplier<Boolean> noRoleWeights = flag("--no-role-weights",
            "all kinds weigh 1, but for --role-weight");
    private final Supplier<Path> distortion = option("--distortion", "FILE", Path.class,
            "CSV with type,value: your own distortion of each type");
    private final Supplier<Path> sensitivity = option("--sensitivity", "FILE", Path.class,
            "CSV with tensor,value or tensor,type,value: measured losses in place of importance");
    private final Supplier<String> base = choice("--base", "FTYPE", null, BaseOption::names,
            "base type of the command (default: Q8_0, where every tensor has a rule; else Q4_K_M)");
    private final Supplier<String> raise = option("--raise", "SHARE", String.class,
            "without --model: the most important tensors of each kind, such as 50%%, get the type of"
                    + " --to");
    private final Supplier<String> lower = option("--lower", "SHARE", String.class,
            "without --model: the least important ones do");
    private final Supplier<String> to = option("--to", "TYPE", String.class, "the type for --raise and --lower");
    private final Supplier<List<String>> kinds = commaSeparated("--kind", "GLOB",
            "for --raise and --lower: only these kinds, such as attn_v,ffn_*");
    private final TextOutput<RecipeFormat> output = include(new TextOutput<>(RecipeFormat.class, "--emit", "WHAT",
            "command: a line for the shell; rules: a string for --custom-q, or arguments; file: for --tensor-type-file; or"
                    + " json, markdown (default: by the extension of the output file, else command). The summary goes to"
                    + " standard error, with -o to standard output"));
    private final Cli cli;

    RecipeCommand(Cli cli) {
        this.cli = cli;
        help().customSynopsis("imatrix-stats recipe [IMATRIX] --model MODEL --target-bpw BITS [options]",
                "       imatrix-stats recipe [IMATRIX] --model MODEL --target-size SIZE [options]",
                "       imatrix-stats recipe IMATRIX --raise|--lower SHARE --to TYPE [options]") //
                .header("Choose a type for each tensor, within a size, and write the rules that make llama-quantize do so.") //
                .description("",
                        "With a model: the types that together distort least, proven, and the size to the byte. The rules are run"
                                + " through the matching of the program before they are shown.",
                        "Without: the more important tensors of each kind a level up. No sizes.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats recipe imatrix.gguf --model model.gguf --target-bpw 4.5",
                        "  imatrix-stats recipe imatrix.dat --model model.gguf --target-size 21GiB --dialect ik_llama.cpp",
                        "  imatrix-stats recipe imatrix.gguf --model model.gguf --target-bpw 4 --versus Q4_K_M -o /dev/null",
                        "  imatrix-stats recipe imatrix.gguf --model model.gguf --target-bpw 4 --emit file -o rules.txt",
                        "  imatrix-stats recipe --model model.gguf --target-bpw 4 --pin attn_v=q8_0 --min-type ffn_*=q4_K",
                        "  imatrix-stats recipe imatrix.gguf --raise 50% --to q6_K --kind ffn_down,attn_v");
    }

    @Override
    public Integer call() throws IOException {
        validate();
        output.validate(
                Stream.of(imatrixPath, modelPath, distortion, sensitivity).map(Supplier::get).filter(Objects::nonNull)
                        .toList(),
                commandLine());
        Dialect program = dialect.orLlamaCpp();
        List<String> warnings = new ArrayList<>();
        RecipeReport report = modelPath.get() == null ? ranked(program, warnings) : sized(program, warnings);
        warnings.forEach(cli::warn);
        String text = output.format().text(report);
        if (output.toFile()) {
            output.write(text, cli);
            cli.print(RecipeSummary.of(report, output.with(cli.terminal())));
        } else {
            // What is asked for must be fit for $(...) and for files: people are told elsewhere.
            if (output.format() != RecipeFormat.JSON) {
                Terminal plain = new Terminal(cli.terminal().columns(), false, false);
                cli.say(RecipeSummary.of(report, output.with(plain)));
            }
            output.write(text, cli);
        }
        return ExitCode.DONE;
    }

    // ---- usage

    private void validate() {
        boolean target = targetBpw.get() != null || targetSize.get() != null;
        boolean share = raise.get() != null || lower.get() != null;
        if (modelPath.get() != null) {
            require(!share, "--raise and --lower go without --model: leave one of them out");
            refuse("goes with --raise and --lower only", "--to", "--kind");
            require(target, "--model needs a size: give --target-bpw or --target-size");
            require(targetBpw.get() == null || targetSize.get() == null,
                    "--target-bpw and --target-size exclude each other");
            require(targetBpw.get() == null || targetBpw.get() > 0 && targetBpw.get() < 1000,
                    "--target-bpw " + targetBpw.get() + " is no number of bits that a weight can take");
        } else {
            refuse("needs --model: sizes depend on shapes", "--target-bpw", "--target-size", "--versus", "--types",
                    "--pin",
                    "--min-type", "--max-type", "--output-type", "--token-embedding-type", "--no-harmonize",
                    "--harmonize-qk", "--harmonize-qkv", "--beta", "--role-weight", "--no-role-weights", "--distortion",
                    "--sensitivity");
            require(imatrixPath.get() != null && share,
                    "give --model with --target-bpw or --target-size, or an importance matrix with --raise or --lower");
            require(raise.get() == null || lower.get() == null, "--raise and --lower exclude each other");
            require(to.get() != null, "--raise and --lower need a type: give --to");
        }
        require(output.format() != RecipeFormat.FILE || dialect.orLlamaCpp() != Dialect.ikLlamaCpp(),
                "--tensor-type-file is an option of llama.cpp: use --emit rules, for --custom-q");
        if (imatrixPath.get() == null) {
            refuse("needs an importance matrix: without one, tensors of a kind are alike", "--rank-by", "--beta");
        }
        if (sensitivity.get() != null) {
            refuse("goes without --sensitivity, whose values are taken instead", "--rank-by", "--beta",
                    "--role-weight", "--no-role-weights");
        }
        require(beta.get() >= 0 && Double.isFinite(beta.get()), "--beta must be at least 0, not " + beta.get());
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(commandLine(), message);
        }
    }

    /** Options that would have no effect are a mistake. */
    private void refuse(String reason, String... options) {
        for (String option : options) {
            require(!commandLine().getParseResult().hasMatchedOption(option), option + " " + reason);
        }
    }

    /** What was given to an option has a name that the program does not know. */
    private <T> T named(String option, Named<T> lookup) {
        try {
            return lookup.get();
        } catch (RefusedException e) {
            throw new ParameterException(commandLine(), option + ": " + e.getMessage());
        }
    }

    @FunctionalInterface
    private interface Named<T> {
        T get() throws RefusedException;
    }

    /** Of the types of all programs. */
    private static Iterator<String> typeNames() {
        return Dialect.all().stream().flatMap(program -> program.types().stream().map(program::nameOf)).distinct()
                .iterator();
    }

    private GgmlType type(String option, String name, Dialect program) {
        GgmlType type = named(option, () -> program.type(name));
        require(program.types().contains(type), option + ": " + program + " cannot quantize to " + name);
        return type;
    }

    private BaseType base(Dialect program, BaseType otherwise) {
        BaseType chosen = base.get() == null ? otherwise : named("--base", () -> program.base(base.get()));
        require(!chosen.isFloat(),
                "--base " + chosen + ": llama-quantize ignores all rules with it");
        return chosen;
    }

    // ---- with a model

    private RecipeReport sized(Dialect program, List<String> warnings) throws IOException {
        Model model = Model.of(GgufShards.open(modelPath.get()));
        if (imatrixPath.get() == null) {
            return sized(program, model, Optional.empty(), Optional.empty(),
                    new RecipeReport.Files(Optional.empty(), Optional.of(modelPath.get())), warnings);
        }
        try (Imatrix imatrix = ImatrixReader.open(imatrixPath.get())) {
            // What ik_llama.cpp cannot read the command converts.
            boolean legacy = imatrix.origin().format() == Imatrix.Format.LEGACY;
            (legacy ? program : Dialect.llamaCpp()).check(imatrix);
            warnings.addAll(ModelFit.warnings(imatrix, model, program));
            Report report = report(imatrix, warnings);
            return sized(program, model, Optional.of(report), Optional.of(QuantizeOptions.sizes(imatrix)),
                    files(imatrix), warnings);
        }
    }

    private RecipeReport.Files files(Imatrix imatrix) throws IOException {
        boolean legacy = imatrix.origin().format() == Imatrix.Format.LEGACY;
        return new RecipeReport.Files(
                Optional.of(new RecipeReport.ImatrixFile(imatrixPath.get(), legacy,
                        MappedFile.isCompressed(imatrixPath.get()))),
                Optional.ofNullable(modelPath.get()));
    }

    private Report report(Imatrix imatrix, List<String> warnings) throws IOException {
        Report report = StatsCalculator.report(imatrix, Runtime.getRuntime().availableProcessors());
        report.warnings().forEach(warning -> warnings.add(imatrixPath.get() + ": " + warning));
        return report;
    }

    private RecipeReport sized(Dialect program, Model model, Optional<Report> report,
            Optional<Map<String, Long>> entries, RecipeReport.Files files, List<String> warnings)
            throws IOException {
        requireKinds(model.tensors().stream().filter(program::mayQuantize).map(tensor -> TensorName.of(tensor.name()))
                .map(TensorName::kind).distinct().sorted().toList());
        Distortion table = distortion.get() == null
                ? Distortion.measured(program)
                : Distortion.read(distortion.get(), program);
        Optional<Sensitivity> measured = sensitivity.get() == null
                ? Optional.empty()
                : Optional.of(Sensitivity.read(sensitivity.get(), program));
        Losses losses = new Losses(program, importance().weights(model, report), table, measured,
                entries.map(Map::keySet).orElse(Set.of()));
        long budget = targetSize.get() != null
                ? targetSize.get().bytes()
                : (long) Math.floor(targetBpw.get() * model.elements() / Byte.SIZE);
        Optional<BaseType> other = versus.get() == null
                ? Optional.empty()
                : Optional.of(named("--versus", () -> program.base(versus.get())));
        Recipe recipe = within(budget, model, options(program, model), losses, entries);
        measured.ifPresent(values -> warnings.addAll(values.unknown(model)));
        warnings.addAll(recipe.plan().warnings());
        if (budget > recipe.mostBytes()) {
            warnings.add("the target is beyond what these types take at most, "
                    + Math.ceil(recipe.mostBytes() * 8e4 / model.elements()) / 1e4 + " bpw: every tensor has its best");
        }
        Optional<Plan> otherPlan = Optional.empty();
        if (other.isPresent()) {
            Plan plan = versus(program, model, other.get(), entries);
            if (!plan.missingImatrix().isEmpty()) {
                warnings.add("--versus " + other.get() + ": " + program + " would refuse it, "
                        + plan.missingImatrix().size() + " tensors demand an entry of an importance matrix that is not"
                        + " there, the first " + plan.missingImatrix().getFirst());
            }
            otherPlan = Optional.of(plan);
        }
        return RecipeReport.of(files, ranking.get(), new RecipeReport.Sized(recipe, losses, otherPlan), warnings);
    }

    private static Recipe within(long budget, Model model, RecipeOptions options, Losses losses,
            Optional<Map<String, Long>> entries) throws IOException {
        try {
            return Recipe.within(budget, model, options, losses, entries);
        } catch (RefusedException e) {
            throw PlanOptions.refusal(options.dialect(), e);
        }
    }

    private static Plan versus(Dialect program, Model model, BaseType base, Optional<Map<String, Long>> entries)
            throws RefusedException {
        QuantizeOptions plain = QuantizeOptions.of(base);
        try {
            return program.plan(model, entries.map(plain::withImatrix).orElse(plain));
        } catch (RefusedException e) {
            throw new RefusedException("--versus " + base + ": llama-quantize of " + program + " would refuse it: "
                    + e.getMessage());
        }
    }

    /** Kinds that options name must be there. */
    private void requireKinds(List<String> known) {
        Stream.of(minTypes, maxTypes, roleWeights).flatMap(option -> option.get().stream())
                .filter(text -> text.indexOf('=') > 0).map(text -> text.substring(0, text.indexOf('=')))
                .forEach(glob -> requireKind(glob, known));
    }

    private void requireKind(String glob, List<String> known) {
        require(known.stream().anyMatch(TensorSelection.glob(glob)), Names.unknown(glob, known, "kind"));
    }

    private Importance importance() {
        List<Importance.Role> roles = new ArrayList<>();
        for (String text : roleWeights.get()) {
            int equals = text.indexOf('=');
            require(equals > 0, "--role-weight '" + text + "': expected KIND=W, such as attn_v=3.5");
            roles.add(new Importance.Role(text, TensorSelection.glob(text.substring(0, equals)),
                    weight(text, text.substring(equals + 1))));
        }
        if (!noRoleWeights.get()) {
            roles.addAll(Importance.DEFAULT_ROLES);
        }
        return new Importance(beta.get(), ranking.get(), roles);
    }

    private double weight(String option, String text) {
        try {
            double weight = Double.parseDouble(text);
            if (weight > 0 && Double.isFinite(weight)) {
                return weight;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ParameterException(commandLine(),
                "--role-weight '" + option + "': the weight is '" + text + "', expected a number above 0");
    }

    private RecipeOptions options(Dialect program, Model model) {
        List<RecipeOptions.Pin> given = new ArrayList<>();
        if (outputType.get() != null) {
            given.add(new RecipeOptions.Pin("--output-type", "output.weight"::equals,
                    type("--output-type", outputType.get(), program)));
        }
        if (tokenEmbeddingType.get() != null) {
            given.add(new RecipeOptions.Pin("--token-embedding-type", "token_embd.weight"::equals,
                    type("--token-embedding-type", tokenEmbeddingType.get(), program)));
        }
        pins.get().forEach(pin -> given.add(pin(pin, program, model)));
        List<RecipeOptions.Limit> limits = new ArrayList<>();
        minTypes.get().forEach(limit -> limits.add(limit("--min-type", limit, false, program)));
        maxTypes.get().forEach(limit -> limits.add(limit("--max-type", limit, true, program)));
        return new RecipeOptions(program, base(program, BaseType.Q8_0),
                types.get().stream().map(name -> type("--types", name, program)).distinct().toList(), given, limits,
                harmonies());
    }

    private Set<Harmony> harmonies() {
        Set<Harmony> harmonies = EnumSet.noneOf(Harmony.class);
        if (!split.get()) {
            harmonies.add(Harmony.GATE_UP);
        }
        if (harmonizeQk.get()) {
            harmonies.add(Harmony.QK);
        }
        if (harmonizeQkv.get()) {
            harmonies.add(Harmony.QKV);
        }
        return harmonies;
    }

    private RecipeOptions.Pin pin(String text, Dialect program, Model model) {
        int equals = text.lastIndexOf('=');
        require(equals > 0, "--pin '" + text + "': expected RE=TYPE, such as 'attn_v=q8_0'");
        String label = "--pin '" + text + "'";
        Set<String> names = named(label, () -> matching(text.substring(0, equals), model));
        require(!names.isEmpty() || text.indexOf('=') == equals,
                label + ": the pattern holds '=', which no name has; give each RE=TYPE a --pin of its own");
        return new RecipeOptions.Pin(label, names::contains, type(label, text.substring(equals + 1), program));
    }

    /** As rules match, and within bounds: a pattern may have too many ways to match. */
    private static Set<String> matching(String pattern, Model model) throws RefusedException {
        EcmaScriptPattern compiled = EcmaScriptPattern.of(pattern);
        Set<String> names = new HashSet<>();
        for (TensorInfo tensor : model.tensors()) {
            if (compiled.occursIn(tensor.name())) {
                names.add(tensor.name());
            }
        }
        return names;
    }

    private RecipeOptions.Limit limit(String option, String text, boolean largest, Dialect program) {
        int equals = text.indexOf('=');
        require(equals != 0, option + " '" + text + "': expected TYPE or KIND=TYPE, such as ffn_down=q4_K");
        String label = option + " " + text;
        return new RecipeOptions.Limit(label,
                equals < 0 ? _ -> true : TensorSelection.glob(text.substring(0, equals)),
                type(label, text.substring(equals + 1), program), largest);
    }

    // ---- without

    private RecipeReport ranked(Dialect program, List<String> warnings) throws IOException {
        boolean least = lower.get() != null;
        double share = share(least ? "--lower" : "--raise", least ? lower.get() : raise.get());
        GgmlType type = type("--to", to.get(), program);
        BaseType chosenBase = base(program, BASE_WITHOUT_MODEL);
        Predicate<String> wanted = kinds.get().isEmpty()
                ? _ -> true
                : kinds.get().stream().map(TensorSelection::glob).reduce(Predicate::or).orElseThrow();
        try (Imatrix imatrix = ImatrixReader.open(imatrixPath.get())) {
            Report report = report(imatrix, warnings);
            List<String> known = report.kinds().stream().map(KindStats::kind).toList();
            kinds.get().forEach(glob -> requireKind(glob, known));
            Promotion promotion = Promotion.of(report, ranking.get(), share, least, type, wanted,
                    program, chosenBase);
            warnings.addAll(promotion.warnings());
            return RecipeReport.of(files(imatrix), ranking.get(), new RecipeReport.Ranked(promotion, share, least),
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
