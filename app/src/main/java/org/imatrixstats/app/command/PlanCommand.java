package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.option.PlanOptions;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.plan.PlanReport;
import org.imatrixstats.app.output.plan.PlanWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.RefusedException;

public final class PlanCommand extends Command {
    private final Supplier<Path> modelPath = parameter("MODEL", Path.class,
            "the model to be quantized: " + ModelInput.ACCEPTED + ". Its header is enough");
    private final PlanOptions options = include(new PlanOptions());
    private final Supplier<Path> imatrixPath = option("--imatrix", "FILE", Path.class,
            "the importance matrix to quantize with; mixes depend on it, and some types require it");
    private final Supplier<Boolean> all = flag("--all", "list every tensor; by default, identical tensors share a row");
    private final TextOutput output = include(
            TextOutput.of(List.of(OutputFormat.TABLE, OutputFormat.CSV, OutputFormat.JSON, OutputFormat.MARKDOWN)));
    private final Console console;

    public PlanCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats plan MODEL [options]") //
                .header("Show which type llama-quantize will give each tensor and how large the file will be.") //
                .description("",
                        "Shows what llama-quantize --dry-run would print, and warns of rules that match nothing, match more than intended, or are ignored. Only the header of the model is read.",
                        "Exit code 1: llama-quantize would refuse; the message says why.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats plan model.gguf                                size and types of Q4_K_M",
                        "  imatrix-stats plan model.gguf --base IQ3_M --imatrix i.gguf  another mix",
                        "  imatrix-stats plan model.gguf --rule 'attn_v=q8_0' --rule 'ffn_down=q6_K'",
                        "  imatrix-stats plan model.gguf --base IQ4_KS --custom-q 'attn_v=iq6_k,ffn_down=iq5_ks'",
                        "  imatrix-stats plan model.gguf --tensor-type-file rules.txt --all",
                        "  imatrix-stats plan model.gguf --format json | jq .quant_mib");
    }

    private List<Path> inputs() {
        List<Path> inputs = new ArrayList<>(options.ruleFiles());
        inputs.add(modelPath.get());
        if (imatrixPath.get() != null) {
            inputs.add(imatrixPath.get());
        }
        return inputs;
    }

    @Override
    public Integer call() throws IOException {
        output.validate(inputs(), commandLine());
        Dialect program = options.program(commandLine());
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
