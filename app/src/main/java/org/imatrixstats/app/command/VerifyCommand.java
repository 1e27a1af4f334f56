package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.option.plan.PlanOptions;
import org.imatrixstats.app.option.plan.RecipeFile;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.verify.VerifyReport;
import org.imatrixstats.app.output.verify.VerifyWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.check.ModelFit;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.quantize.ImportanceWeights;
import org.imatrixstats.quantize.Verification;
import org.imatrixstats.quantize.VerifiedTensor;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

public final class VerifyCommand extends Command {
    public static final String SUMMARY = "Check a quantized file against its model, importance matrix and types.";

    private final Supplier<Path> modelPath = parameter("MODEL", Path.class,
            "the model that was quantized (GGUF; any part of a split one)");
    private final Supplier<Path> quantizedPath = parameter("QUANTIZED", Path.class, "the quantized file to check");
    private final Supplier<Path> imatrixPath = option("--imatrix", "FILE", Path.class,
            "the importance matrix that it was quantized with");
    private final Supplier<String> base = option("--base", "FTYPE", String.class,
            "check the types too: those that this base type and the rules give (default: take the types of the file)");
    private final Supplier<Path> recipe = option("--recipe", "FILE", Path.class,
            "check the types too: those of a recipe that 'imatrix-stats recipe --emit json' wrote");
    private final PlanOptions options = include(new PlanOptions(this::base));
    private final Supplier<Boolean> all = flag("--all", "a row per tensor, also for those that are equal");
    private final ThreadsOption threads = include(new ThreadsOption());
    private final TextOutput output = include(TextOutput.of(
            List.of(OutputFormat.TABLE, OutputFormat.CSV, OutputFormat.JSON, OutputFormat.MARKDOWN)));
    private final Console console;
    private RecipeFile recipeFile;

    public VerifyCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats verify MODEL QUANTIZED [options]") //
                .header(SUMMARY) //
                .description("",
                        "Quantizes each tensor of MODEL again and compares the bytes. Says which tensors are equal, which have"
                                + " other bytes (with the error of both), another type, or invalid blocks.",
                        "Exit code 0: all equal; 3: something differs; 1: a file cannot be read.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats verify model-f16.gguf model-Q4_K_M.gguf",
                        "  imatrix-stats verify model-f16.gguf model-IQ3_M.gguf --imatrix imatrix.gguf",
                        "  imatrix-stats verify model-f16.gguf q4.gguf --base Q4_K_M         the types too",
                        "  imatrix-stats verify model-f16.gguf best.gguf --recipe recipe.json --imatrix i.gguf");
    }

    private String base() {
        return base.get() != null || recipeFile == null ? base.get() : recipeFile.base();
    }

    @Override
    public Integer call() throws IOException {
        if (recipe.get() != null) {
            recipeFile = RecipeFile.read(recipe.get(), console.files());
        }
        output.validate(console, commandLine());
        if (base() == null) {
            options.refuseTypes(commandLine(), "needs the base type: give --base too");
        }
        Dialect program = base() == null
                ? options.named()
                : options.program(commandLine(), recipeFile == null ? Dialects.llamaCpp() : recipeFile.program());
        try (GgufModel model = ModelInput.gguf(modelPath.get(), console);
                GgufModel file = ModelInput.gguf(quantizedPath.get(), console);
                Imatrix imatrix = imatrix(program)) {
            model.warnings().forEach(warning -> console.warn(model.name() + ": " + warning));
            Model.requireModel(ModelFile.of(model));
            Model.requireModel(ModelFile.of(file));
            if (bytes(model) < bytes(file)) {
                console.warn(model.name() + " is smaller than " + file.name()
                        + ": expected the model first, then the quantized file");
            }
            Verification verification = new Verification(model, file, program,
                    imatrix == null ? ImportanceWeights.NONE : weights(model, imatrix, program),
                    base() == null ? Map.of() : types(program, Model.of(model), imatrix));
            VerifyReport report = new VerifyReport(model.name(), file.name(), imatrix == null ? null : imatrix.name(),
                    base() != null, verified(verification));
            output.write(VerifyWriter.text(output.format(), report, output.terminal(console), all.get()), console);
            return report.equal() ? ExitCode.DONE : ExitCode.FOUND;
        }
    }

    private ImportanceWeights weights(GgufModel model, Imatrix imatrix, Dialect program) throws IOException {
        Map<String, Long> entries = options.entries(commandLine()).of(QuantizeOptions.sizes(imatrix));
        Inputs.requireFit(ModelFit.of(imatrix, entries, model.tensors(), program), model.name(), console);
        return ImportanceWeights.of(imatrix, program, entries);
    }

    private static long bytes(TensorSource source) {
        return source.tensors().stream().mapToLong(TensorInfo::bytes).sum();
    }

    private List<VerifiedTensor> verified(Verification verification) throws IOException {
        try (Progress progress = console.progress("verifying", verification.work(), Progress.Unit.BYTES)) {
            return verification.run(threads.count(), progress::advance);
        }
    }

    private Imatrix imatrix(Dialect program) throws IOException {
        return imatrixPath.get() == null ? null : Inputs.checked(Inputs.imatrix(imatrixPath.get(), console), program);
    }

    private Map<String, GgmlType> types(Dialect program, Model model, Imatrix imatrix) throws IOException {
        try {
            Plan plan = options.told(program, recipeFile == null ? List.of() : recipeFile.rules(), console.files())
                    .plan(model, Optional.ofNullable(imatrix));
            plan.warnings().forEach(console::warn);
            Map<String, GgmlType> types = new LinkedHashMap<>();
            plan.tensors().forEach(tensor -> types.put(tensor.name(), tensor.type()));
            return types;
        } catch (RefusedException e) {
            throw PlanOptions.refusal(program, e);
        }
    }
}
