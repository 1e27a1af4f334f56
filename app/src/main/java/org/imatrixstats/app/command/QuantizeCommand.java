package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.option.OutputPath;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.option.plan.KeyOverride;
import org.imatrixstats.app.option.plan.PlanOptions;
import org.imatrixstats.app.option.plan.ProgramNames;
import org.imatrixstats.app.option.plan.RecipeFile;
import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.output.plan.PlanSummary;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.Pruning;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.quantize.ImportanceWeights;
import org.imatrixstats.quantize.QuantizedModel;

import picocli.CommandLine.ParameterException;

public final class QuantizeCommand extends Command {
    public static final String SUMMARY = "Quantize a model, byte for byte as llama-quantize does.";

    private final Supplier<List<String>> arguments = parameters("MODEL [OUT] FTYPE", String.class,
            "the model (GGUF, any part of a split one), the file to write, and the type that llama-quantize would be asked"
                    + " for. Without OUT: ggml-model-FTYPE.gguf beside MODEL. With --recipe, FTYPE may be left out. A"
                    + " number behind FTYPE is that of the threads, as for llama-quantize");
    private final PlanOptions options = include(new PlanOptions(this::base));
    private final Supplier<Path> recipe = option("--recipe", "FILE", Path.class,
            "a recipe that 'imatrix-stats recipe --emit json' wrote: its base type, program and rules");
    private final Supplier<Path> imatrixPath = option("--imatrix", "FILE", Path.class,
            "the importance matrix; each column is weighted by its E[x²]");
    private final Supplier<Boolean> allowRequantize = flag("--allow-requantize",
            "quantize tensors that are quantized already; this loses more than quantizing the original");
    private final Supplier<List<KeyOverride>> overrides = repeated("--override-kv", "KEY=TYPE:VALUE",
            KeyOverride.class, "set a key of the result; TYPE is int, float, bool or str");
    private final ThreadsOption threads = include(new ThreadsOption());
    private final Console console;
    private RecipeFile recipeFile;

    public QuantizeCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats quantize MODEL [OUT] FTYPE [options]") //
                .header(SUMMARY) //
                .description("",
                        "Takes the options of 'plan' and writes the same file as llama-quantize of llama.cpp, for any number"
                                + " of threads. Types of ik_llama.cpp are written too; its own encoders differ between"
                                + " machines, see docs/quantize.md.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats quantize model-f16.gguf model-q4.gguf Q4_K_M --imatrix imatrix.gguf",
                        "  imatrix-stats quantize model-f16.gguf Q8_0                    writes ggml-model-Q8_0.gguf",
                        "  imatrix-stats quantize model-f16.gguf small.gguf IQ3_M --imatrix i.gguf --rule 'attn_v=q6_K'",
                        "  imatrix-stats quantize model-f16.gguf best.gguf --recipe recipe.json --imatrix i.gguf",
                        "  imatrix-stats quantize model-00001-of-00002.gguf out Q6_K --keep-split");
    }

    @Override
    public Integer call() throws IOException {
        if (recipe.get() != null) {
            recipeFile = RecipeFile.read(recipe.get(), console.files());
        }
        Path path = Path.of(arguments.get().getFirst());
        Path out = out(path);
        OutputPath.validate(out, List.of(path), console, commandLine());
        Dialect program = options.program(commandLine(),
                recipeFile == null ? Dialects.llamaCpp() : recipeFile.program());
        try (GgufModel source = ModelInput.gguf(path, console); Imatrix imatrix = imatrix(program)) {
            source.warnings().forEach(warning -> console.warn(source.name() + ": " + warning));
            PlanOptions.Told told = told(program);
            Model whole = Model.of(source);
            Plan plan = plan(told, whole, imatrix);
            requireAllowed(plan);
            plan.warnings().forEach(console::warn);
            Optional<Map<String, Long>> used = Optional.ofNullable(imatrix).flatMap(told::used);
            ImportanceWeights weights = used.map(entries -> ImportanceWeights.of(imatrix, program, entries))
                    .orElse(ImportanceWeights.NONE);
            SequencedMap<String, MetadataValue> keys = keys(imatrix, used.map(Map::size).orElse(0));
            if (!told.pruned().isEmpty()) {
                Pruning pruning = told.pruning(whole);
                ImportanceWeights stored = weights;
                weights = tensor -> stored.of(pruning.asStored(tensor));
                keys.putLast(whole.architecture() + ".block_count", QuantizedModel.layers(pruning.layers()));
            }
            List<Path> outputs = outputs(source, out);
            write(new QuantizedModel(source, plan, weights, keys), outputs);
            console.print(outputs.getFirst() + (outputs.size() > 1 ? " to " + outputs.getLast() : "") + ": "
                    + PlanSummary.size(plan) + ", " + plan.options().base() + " by " + program + "\n");
        }
        return ExitCode.DONE;
    }

    /** The type that llama-quantize would be asked for. */
    private String base() {
        return namesType(arguments().getLast()) || recipeFile == null ? arguments().getLast() : recipeFile.base();
    }

    /** The arguments without a number of threads, which llama-quantize takes behind the type. */
    private List<String> arguments() {
        List<String> given = arguments.get();
        return givesThreads() ? given.subList(0, given.size() - 1) : given;
    }

    private boolean givesThreads() {
        List<String> given = arguments.get();
        return given.size() > 2 && given.getLast().matches("[1-9][0-9]{0,3}") && namesType(given.get(given.size() - 2));
    }

    private int threads() {
        return givesThreads() && !threads.given() ? Integer.parseInt(arguments.get().getLast()) : threads.count();
    }

    private static boolean namesType(String argument) {
        for (Dialect program : Dialects.all()) {
            try {
                program.base(argument);
                return true;
            } catch (RefusedException e) {
                // The next program may know it.
            }
        }
        return false;
    }

    private Path out(Path model) {
        List<String> named = arguments();
        boolean typed = namesType(named.getLast());
        int files = named.size() - (typed ? 1 : 0);
        if (!typed && recipeFile == null) {
            if (files == 1 || named.getLast().endsWith(".gguf")) {
                throw new ParameterException(commandLine(),
                        "missing type: name the type to quantize to, such as Q4_K_M");
            }
            new ProgramNames(options.program(commandLine()), commandLine()).base("type to quantize to",
                    named.getLast());
        }
        if (files < 1 || files > 2) {
            throw new ParameterException(commandLine(), "expected MODEL [OUT] FTYPE, got " + named.size()
                    + " arguments");
        }
        return files == 2
                ? Path.of(named.get(1))
                : model.resolveSibling("ggml-model-" + base().toUpperCase(Locale.ROOT) + ".gguf");
    }

    private Imatrix imatrix(Dialect program) throws IOException {
        return imatrixPath.get() == null ? null : Inputs.checked(Inputs.imatrix(imatrixPath.get(), console), program);
    }

    private PlanOptions.Told told(Dialect program) throws IOException {
        return options.told(program, recipeFile == null ? List.of() : recipeFile.rules(), console.files());
    }

    private static Plan plan(PlanOptions.Told told, Model model, Imatrix imatrix) throws IOException {
        try {
            return told.plan(model, Optional.ofNullable(imatrix));
        } catch (RefusedException e) {
            throw PlanOptions.refusal(told.program(), e);
        }
    }

    private void requireAllowed(Plan plan) throws RefusedException {
        for (PlannedTensor tensor : plan.tensors()) {
            if (tensor.isBroken()) {
                throw new RefusedException("tensor '" + tensor.name() + "': rows of " + tensor.source().ne0()
                        + " values are not whole blocks of " + plan.dialect().nameOf(tensor.type())
                        + "; choose another type for it");
            }
            if (tensor.isRequantized() && !allowRequantize.get()) {
                throw new RefusedException("tensor '" + tensor.name() + "' is "
                        + plan.dialect().nameOf(tensor.source().ggmlType())
                        + " already: quantize the original model, or give --allow-requantize");
            }
        }
        Map<String, Long> entries = plan.options().imatrix().orElse(Map.of());
        Optional<PlannedTensor> without = plan.tensors().stream()
                .filter(tensor -> plan.missingImatrix().contains(tensor.name())
                        || plan.dialect().crashesAt(tensor, entries))
                .findFirst();
        if (without.isPresent()) {
            throw new RefusedException("tensor '" + without.get().name() + "' gets "
                    + plan.dialect().nameOf(without.get().type())
                    + ", which demands an entry in the importance matrix, and there is "
                    + (imatrixPath.get() == null ? "no importance matrix: give one with --imatrix" : "none for it"));
        }
    }

    private SequencedMap<String, MetadataValue> keys(Imatrix imatrix, int entriesUsed) {
        SequencedMap<String, MetadataValue> keys = new LinkedHashMap<>();
        overrides.get().forEach(each -> keys.putLast(each.key(), each.value()));
        if (entriesUsed > 0) {
            QuantizedModel.imatrixKeys(imatrixPath.get().toString(), imatrix, entriesUsed).forEach(keys::putLast);
        }
        return keys;
    }

    /** The file, or with --keep-split a file for each part of the model, also if it has one part. */
    private List<Path> outputs(GgufModel source, Path out) throws IOException {
        if (!options.keepSplit()) {
            return List.of(out);
        }
        int count = source.parts().size();
        List<Path> inputs = new ArrayList<>(List.of(Path.of(source.name())));
        source.parts().forEach(part -> inputs.add(Path.of(part.source().name())));
        String prefix = out.getFileName().toString().replaceFirst("\\.gguf$", "");
        List<Path> parts = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            parts.add(out.resolveSibling(GgufModel.partName(prefix, number, count)));
            OutputPath.validate(parts.getLast(), inputs, console, commandLine());
        }
        return parts;
    }

    private void write(QuantizedModel model, List<Path> outputs) throws IOException {
        try (Progress progress = console.progress("quantizing", model.dataBytes(), Progress.Unit.BYTES)) {
            if (outputs.size() > 1) {
                writePart(model, outputs, 0, progress);
            } else {
                AtomicFile.write(outputs.getFirst(), to -> model.writeTo(to, threads(), progress::advance));
            }
        }
    }

    /** Each part is moved into place after those that follow it are whole, so that all of them appear or none. */
    private void writePart(QuantizedModel model, List<Path> outputs, int part, Progress progress) throws IOException {
        AtomicFile.write(outputs.get(part), to -> {
            model.writePartTo(to, part, threads(), progress::advance);
            if (part + 1 < outputs.size()) {
                writePart(model, outputs, part + 1, progress);
            }
        });
    }
}
