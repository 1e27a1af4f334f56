package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.option.ByteSize;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.plan.PlanOptions;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.plan.PlanReport;
import org.imatrixstats.app.output.plan.PlanWriter;
import org.imatrixstats.app.output.plan.SizesReport;
import org.imatrixstats.app.output.plan.SizesWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.KvCache;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;

public final class PlanCommand extends Command {
    public static final String SUMMARY = "Show which type llama-quantize will give each tensor and how large the file will be.";

    private final Supplier<Path> modelPath = parameter("MODEL", Path.class,
            "the model to be quantized: " + ModelInput.ACCEPTED + ". Its header is enough");
    private final PlanOptions options = include(PlanOptions.ofSeveralBases());
    private final Supplier<Path> imatrixPath = option("--imatrix", "FILE", Path.class,
            "the importance matrix to quantize with; mixes depend on it, and some types require it");
    private final Supplier<Boolean> all = flag("--all", "list every tensor; by default, identical tensors share a row");
    private final Supplier<ByteSize> fit = option("--fit", "SIZE", ByteSize.class, new ByteSize.Converter(),
            "a table of sizes: which base types fit into this memory, and with how much context; such as 8GiB");
    private final Supplier<Long> context = option("--context", "TOKENS", Long.class,
            "a table of sizes: count the keys and values of so many tokens too");
    private final TextOutput output = include(
            TextOutput.of(List.of(OutputFormat.TABLE, OutputFormat.CSV, OutputFormat.JSON, OutputFormat.MARKDOWN)));
    private final Console console;

    public PlanCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats plan MODEL [options]",
                "       imatrix-stats plan MODEL --base all [--fit SIZE] [--context TOKENS] [options]") //
                .header(SUMMARY) //
                .description("",
                        "Shows what llama-quantize --dry-run would print, and warns of rules that match nothing, match more than intended, or are ignored. Only the header of the model is read.",
                        "Exit code 1: llama-quantize would refuse; the message says why.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats plan model.gguf                                size and types of Q4_K_M",
                        "  imatrix-stats plan model.gguf --base IQ3_M --imatrix i.gguf  another mix",
                        "  imatrix-stats plan model.gguf --rule 'attn_v=q8_0' --rule 'ffn_down=q6_K'",
                        "  imatrix-stats plan model.gguf --base IQ4_KS --custom-q 'attn_v=iq6_k,ffn_down=iq5_ks'",
                        "  imatrix-stats plan model.gguf --tensor-type-file rules.txt --all",
                        "  imatrix-stats plan model.gguf --format json | jq .quant_mib",
                        "  imatrix-stats plan model.gguf --base all                     a table of all sizes",
                        "  imatrix-stats plan model.gguf --fit 8GiB --context 8192      which fit into 8 GiB",
                        "  imatrix-stats plan model.gguf --base Q4_K_M,Q5_K_M,Q6_K --fit 24GiB");
    }

    @Override
    public Integer call() throws IOException {
        output.validate(console, commandLine());
        Dialect program = options.program(commandLine());
        if (options.isSeveralBases() || fit.get() != null || context.get() != null) {
            require(commandLine(), !all.get(), "--all lists tensors: it cannot be combined with a table of sizes");
            require(commandLine(), context.get() == null || context.get() >= 0,
                    "--context " + context.get() + ": expected a number of tokens");
            SizesReport sizes = sizes(program);
            if (!output.format().isForPeople() || output.toFile()) {
                sizes.warnings().forEach(console::warn);
            }
            output.write(SizesWriter.text(output.format(), sizes, output.terminal(console)), console);
            return ExitCode.DONE;
        }
        Model model = ModelInput.read(modelPath.get(), console);
        Plan plan = plan(program, model);
        OutputFormat chosen = output.format();
        if (!chosen.isForPeople() || output.toFile()) {
            plan.warnings().forEach(console::warn);
        }
        PlanReport report = new PlanReport(model, imatrixPath.get(), plan, all.get());
        output.write(PlanWriter.text(chosen, report, output.terminal(console)), console);
        return ExitCode.DONE;
    }

    private SizesReport sizes(Dialect program) throws IOException {
        try (ModelFile file = ModelInput.open(modelPath.get(), console)) {
            Model model = Model.of(file);
            List<SizesReport.Size> sizes = new ArrayList<>();
            Set<String> warnings = new LinkedHashSet<>();
            Optional<Map<String, Long>> entries = entries(program);
            for (PlanOptions.Told told : told(program)) {
                BaseType base = told.options().base();
                try {
                    Plan plan = told.planWith(model, entries);
                    sizes.add(new SizesReport.Size(base, Optional.of(plan), ""));
                    // What is missing for some types is in the table.
                    told.ignored().forEach(warnings::add);
                } catch (RefusedException e) {
                    sizes.add(new SizesReport.Size(base, Optional.empty(), e.getMessage()));
                }
            }
            return new SizesReport(model, imatrixPath.get(), program, KvCache.of(file),
                    file.config().get(Hyperparameter.CONTEXT),
                    fit.get() == null ? OptionalLong.empty() : OptionalLong.of(fit.get().bytes()),
                    context.get() == null ? 0 : context.get(), sizes, List.copyOf(warnings));
        }
    }

    /** With --fit and no base type all are meant. */
    private List<PlanOptions.Told> told(Dialect program) throws IOException {
        boolean named = commandLine().getParseResult().hasMatchedOption("--base");
        try {
            return options.toldAll(program, !named, console.files());
        } catch (RefusedException e) {
            throw PlanOptions.refusal(program, e);
        }
    }

    private Optional<Map<String, Long>> entries(Dialect program) throws IOException {
        if (imatrixPath.get() == null) {
            return Optional.empty();
        }
        try (Imatrix imatrix = Inputs.imatrix(imatrixPath.get(), console)) {
            program.check(imatrix);
            return Optional.of(QuantizeOptions.sizes(imatrix));
        } catch (RefusedException e) {
            throw PlanOptions.refusal(program, e);
        }
    }

    private Plan plan(Dialect program, Model model) throws IOException {
        try {
            PlanOptions.Told told = options.told(program, console.files());
            if (imatrixPath.get() == null) {
                return told.plan(model, Optional.empty());
            }
            try (Imatrix imatrix = Inputs.imatrix(imatrixPath.get(), console)) {
                program.check(imatrix);
                return told.plan(model, Optional.of(imatrix));
            }
        } catch (RefusedException e) {
            throw PlanOptions.refusal(program, e);
        }
    }
}
