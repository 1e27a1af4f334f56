package org.imatrixstats.app.option.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.imatrixstats.app.option.Options;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.EntryFilter;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.Pruning;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.plan.RuleFile;
import org.imatrixstats.plan.StandardMixes;
import org.imatrixstats.plan.TypeOption;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine;

/** What llama-quantize is told. */
public final class PlanOptions extends Options {
    private final BaseOption base;
    private final Supplier<List<String>> rules = repeated("--rule --tensor-type", "RE=TYPE", String.class,
            "a rule in the syntax of --tensor-type (llama.cpp) and --custom-q (ik_llama.cpp); may be repeated; the first match wins");
    private final Supplier<List<String>> customRules = repeated("--custom-q", "RULES", String.class,
            "comma-separated rules for ik_llama.cpp; implies --dialect ik_llama.cpp");
    private final Supplier<List<Path>> ruleFiles = repeated("--tensor-type-file", "FILE", Path.class,
            "file with rules separated by white space; for ik_llama.cpp also by commas, and with # comments");
    private final DialectOption dialect = include(new DialectOption());
    private final Supplier<Boolean> pure = flag("--pure", "use the base type for every tensor, without the mix");
    private final Supplier<Boolean> leaveOutput = flag("--leave-output-tensor",
            "keep the type of output.weight");
    private final Supplier<Boolean> ignoreImatrixRules = flag("--ignore-imatrix-rules",
            "allow very low types without an importance matrix (ik_llama.cpp)");
    private final Supplier<List<Integer>> prunedLayers = commaSeparated("--prune-layers", "LAYER", Integer.class,
            PlanOptions::layer, "llama.cpp: leave these layers out; the layers behind them move up");
    private final Supplier<Boolean> keepSplit = flag("--keep-split",
            "write as many files as MODEL has: OUT-00001-of-0000N.gguf. The mix then counts layers in the order of the file");
    private final EntryOptions entries = include(new EntryOptions());
    private final Map<TypeOption, Supplier<String>> types = types();

    /** With an option for the base type. */
    public PlanOptions() {
        this(new BaseOption());
    }

    private PlanOptions(BaseOption base) {
        this.base = includeFirst(base);
    }

    /** The same where the option for the base type takes several. */
    public static PlanOptions ofSeveralBases() {
        return new PlanOptions(BaseOption.ofSeveral());
    }

    /** @param base the base type, which the command line says in another way */
    public PlanOptions(Supplier<String> base) {
        this.base = new BaseOption(base);
    }

    private static Integer layer(String given) {
        try {
            int layer = Integer.parseInt(given);
            if (layer >= 0) {
                return layer;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new TypeConversionException("'" + given + "' is not the number of a layer");
    }

    private Map<TypeOption, Supplier<String>> types() {
        Map<TypeOption, Supplier<String>> all = new EnumMap<>(TypeOption.class);
        for (TypeOption each : TypeOption.values()) {
            String names = each == TypeOption.OUTPUT ? "--output-type " + each : each.toString();
            all.put(each, option(names, "TYPE", String.class, (each.isOfBoth() ? "" : "ik_llama.cpp: ") + "the type of "
                    + each.tensors() + (each.beatsRules() ? ", overrides rules" : ", unless a rule matches")));
        }
        return all;
    }

    /** The program that is named, or llama.cpp. */
    public Dialect named() {
        return dialect.orLlamaCpp();
    }

    /** Refuses all options that give tensors a type. */
    public void refuseTypes(CommandLine command, String reason) {
        command.getParseResult().matchedOptions().stream().filter(this::contains)
                .filter(given -> !entries.contains(given) && !dialect.contains(given)).findFirst().ifPresent(given -> {
                    throw new ParameterException(command, given.names()[0] + " " + reason);
                });
    }

    /** Which entries of an importance matrix are used. */
    public EntryFilter entries(CommandLine command) {
        return entries.filter(command);
    }

    /** Whether the result has as many files as the model. */
    public boolean keepSplit() {
        return keepSplit.get();
    }

    /** Whose llama-quantize, and that what is given is of it. */
    public Dialect program(CommandLine command) {
        return program(command, Dialects.llamaCpp());
    }

    /** The same with another program where nothing names one. */
    public Dialect program(CommandLine command, Dialect unnamed) {
        base.validate(command);
        entries.filter(command);
        Dialect ik = Dialects.ikLlamaCpp();
        Dialect chosen = dialect.or(customRules.get().isEmpty() ? unnamed : ik);
        if (chosen != ik && !customRules.get().isEmpty()) {
            throw new ParameterException(command, "--custom-q is an option of ik_llama.cpp: use --rule");
        }
        if (chosen == ik && !prunedLayers.get().isEmpty()) {
            throw new ParameterException(command, "--prune-layers is an option of llama.cpp");
        }
        if (chosen != ik && ignoreImatrixRules.get()) {
            throw new ParameterException(command, "--ignore-imatrix-rules is an option of ik_llama.cpp");
        }
        for (TypeOption each : TypeOption.values()) {
            if (chosen != ik && !each.isOfBoth() && types.get(each).get() != null) {
                throw new ParameterException(command, each + " is an option of ik_llama.cpp: "
                        + (each == TypeOption.ROUTER ? "llama.cpp never quantizes these tensors" : "use --rule"));
            }
        }
        return chosen;
    }

    /** What a user is told of what the program refuses. */
    public static RefusedException refusal(Dialect program, RefusedException reason) {
        return new RefusedException("llama-quantize of " + program + " would refuse: " + reason.getMessage(),
                reason.remedy());
    }

    /**
     * What the program is told.
     *
     * @param ignored what it passes over silently
     * @param pruned  layers that are left out
     * @param entries the entries of an importance matrix that it uses
     */
    public record Told(Dialect program, QuantizeOptions options, List<String> ignored, Set<Integer> pruned,
            EntryFilter entries) {
        /**
         * What it would do.
         *
         * @param imatrix one that it reads
         * @throws RefusedException if it would refuse
         */
        public Plan plan(Model model, Optional<Imatrix> imatrix) throws IOException {
            return planWith(model, imatrix.map(QuantizeOptions::sizes));
        }

        /** The same with the entries of an importance matrix: values by the name of the tensor. */
        public Plan planWith(Model model, Optional<Map<String, Long>> sizes) throws IOException {
            List<String> warnings = new ArrayList<>(ignored);
            EntryOptions.addWarnings(entries, sizes, warnings);
            Optional<Map<String, Long>> used = sizes.flatMap(this::used);
            if (pruned.isEmpty()) {
                return Plan.of(program, model, used.map(options::withImatrix).orElse(options)).warned(warnings);
            }
            Pruning pruning = pruning(model);
            return Plan.of(program, pruning.model(), used.map(pruning::entries).map(options::withImatrix)
                    .orElse(options)).warned(warnings);
        }

        /** The entries that are used; empty if there are none, which is as without an importance matrix. */
        public Optional<Map<String, Long>> used(Imatrix imatrix) {
            return used(QuantizeOptions.sizes(imatrix));
        }

        private Optional<Map<String, Long>> used(Map<String, Long> sizes) {
            return Optional.of(entries.of(sizes)).filter(used -> !used.isEmpty() || entries.isAll());
        }

        /** The model without the layers that are left out. */
        public Pruning pruning(Model model) throws FormatException {
            return Pruning.of(model, pruned);
        }
    }

    /**
     * Reads what is given, once: rules may come from standard input.
     *
     * @throws RefusedException if the program would not take it
     */
    public Told told(Dialect program, ByteSource.Opener opener) throws IOException {
        return told(program, List.of(), opener);
    }

    /** Whether several base types are asked for. */
    public boolean isSeveralBases() {
        return base.isSeveral();
    }

    /**
     * The same for each base type that is asked for.
     *
     * @param every for all that the program has, whatever is asked for
     */
    public List<Told> toldAll(Dialect program, boolean every, ByteSource.Opener opener) throws IOException {
        List<BaseType> bases = every ? StandardMixes.all(program) : base.all(program);
        Told first = told(program, bases.getFirst(), List.of(), opener);
        return bases.stream().map(
                each -> new Told(program, first.options().withBase(each), first.ignored(), first.pruned(),
                        first.entries()))
                .toList();
    }

    /** The same with more rules, which are tried after those of the command line. */
    public Told told(Dialect program, List<String> moreRules, ByteSource.Opener opener) throws IOException {
        return told(program, base.of(program), moreRules, opener);
    }

    private Told told(Dialect program, BaseType chosen, List<String> moreRules, ByteSource.Opener opener)
            throws IOException {
        List<String> ignored = new ArrayList<>();
        List<Rule> all = rules(program, opener, ignored);
        for (String rule : moreRules) {
            all.addAll(program.rules(rule));
        }
        QuantizeOptions options = QuantizeOptions.of(chosen).withRules(all)
                .withPure(pure.get()).withLeaveOutput(leaveOutput.get())
                .withIgnoreImatrixRules(ignoreImatrixRules.get()).withFileOrder(keepSplit.get());
        for (TypeOption each : TypeOption.values()) {
            Optional<GgmlType> type = type(program, each, ignored);
            options = type.isPresent() ? options.with(each, type.get()) : options;
        }
        return new Told(program, options, ignored, Set.copyOf(prunedLayers.get()), entries.filter());
    }

    private List<Rule> rules(Dialect program, ByteSource.Opener opener, List<String> notes) throws IOException {
        List<Rule> all = new ArrayList<>();
        for (String rule : rules.get()) {
            all.addAll(program.rules(rule));
        }
        for (String list : customRules.get()) {
            all.addAll(program.rules(list));
        }
        for (Path file : ruleFiles.get()) {
            try (ByteSource source = opener.open(file.toString())) {
                all.addAll(RuleFile.read(source, program, notes));
            }
        }
        return all;
    }

    private Optional<GgmlType> type(Dialect program, TypeOption option, List<String> ignored)
            throws RefusedException {
        String name = types.get(option).get();
        if (name == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(program.type(name));
        } catch (RefusedException e) {
            if (program.stopsAtUnknownType()) {
                throw new RefusedException(option + ": " + e.getMessage());
            }
            ignored.add(program + " ignores " + option + ": " + e.getMessage());
            return Optional.empty();
        }
    }
}
