package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.output.PlanFormat;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.gguf.GgmlType;
import org.imatrixstats.gguf.GgufShards;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.quantize.Dialect;
import org.imatrixstats.imatrix.quantize.Model;
import org.imatrixstats.imatrix.quantize.Plan;
import org.imatrixstats.imatrix.quantize.QuantizeOptions;
import org.imatrixstats.imatrix.quantize.RefusedException;
import org.imatrixstats.imatrix.quantize.Rule;
import org.imatrixstats.imatrix.quantize.RuleFile;

import picocli.CommandLine.ParameterException;

final class PlanCommand extends Command {
    private final Supplier<Path> modelPath = parameter("MODEL", Path.class,
            "the model to be quantized (GGUF; any part of a split one). Its header is enough");
    private final Supplier<String> base = option("--base", "FTYPE", String.class, "Q4_K_M",
            "the type that llama-quantize is asked for, by name or number (default: ${DEFAULT-VALUE})");
    private final Supplier<List<String>> rules = repeated("--rule --tensor-type", "RE=TYPE", String.class,
            "a rule, as --tensor-type of llama.cpp and --custom-q of ik_llama.cpp take it; may be repeated, the first that"
                    + " matches wins");
    private final Supplier<List<String>> customRules = repeated("--custom-q", "RULES", String.class,
            "rules with commas between, as ik_llama.cpp takes them; implies --dialect ik_llama.cpp");
    private final Supplier<List<Path>> ruleFiles = repeated("--tensor-type-file", "FILE", Path.class,
            "rules with white space between, as llama.cpp takes them");
    private final Supplier<Dialect> dialect = option("--dialect", "PROGRAM", Dialect.class, PlanCommand::dialect,
            "whose llama-quantize: llama.cpp or ik_llama.cpp (default: llama.cpp)");
    private final Supplier<Boolean> pure = flag("--pure", "no mix: the base type for every tensor");
    private final Supplier<Boolean> leaveOutput = flag("--leave-output-tensor", "output.weight stays as it is");
    private final Supplier<Boolean> ignoreImatrixRules = flag("--ignore-imatrix-rules",
            "very low types without an importance matrix too (ik_llama.cpp)");
    private final Supplier<String> outputType = option("--output-type --output-tensor-type", "TYPE", String.class,
            "the type of output.weight, whatever rules say");
    private final Supplier<String> tokenEmbeddingType = option("--token-embedding-type", "TYPE", String.class,
            "the type of token_embd.weight, whatever rules say");
    private final Supplier<Path> imatrixPath = option("--imatrix", "FILE", Path.class,
            "the importance matrix to quantize with: mixes depend on it, some types demand it");
    private final Supplier<Boolean> all = flag("--all", "a row per tensor, not one for all that are alike");
    private final Supplier<PlanFormat> format = option("--format", "FORMAT", PlanFormat.class,
            "${COMPLETION-CANDIDATES} (default: by the extension of the output file, else table)");
    private final Supplier<Path> output = option("-o --output", "FILE", Path.class,
            "write to a file, which is replaced as a whole or not at all");
    private final Supplier<Terminal.Color> color = option("--color", "WHEN", Terminal.Color.class, "auto",
            "${COMPLETION-CANDIDATES}; auto: on a terminal, unless NO_COLOR is set");
    private final Supplier<Boolean> ascii = flag("--ascii", "tables in ASCII characters only");
    private final Cli cli;

    PlanCommand(Cli cli) {
        this.cli = cli;
        help().customSynopsis("imatrix-stats plan MODEL [options]") //
                .header("Which type each tensor will get, and how large the model will be, before it is quantized.") //
                .description("",
                        "What llama-quantize --dry-run would say, from the header of the model alone; and what it does not"
                                + " say: rules that match nothing, match more than they look, or are ignored.",
                        "Exit code 1: llama-quantize would refuse, and why.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats plan model.gguf                                the size as Q4_K_M",
                        "  imatrix-stats plan model.gguf --base IQ3_M --imatrix i.gguf  another mix",
                        "  imatrix-stats plan model.gguf --rule 'attn_v=q8_0' --rule 'ffn_down=q6_K'",
                        "  imatrix-stats plan model.gguf --base IQ4_KS --custom-q 'attn_v=iq6_k,ffn_down=iq5_ks'",
                        "  imatrix-stats plan model.gguf --tensor-type-file rules.txt --all",
                        "  imatrix-stats plan model.gguf --format json | jq .quant_mib");
    }

    private static Dialect dialect(String name) {
        return Dialect.all().stream().filter(each -> each.name().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new picocli.CommandLine.TypeConversionException(
                        Names.unknown(name, Dialect.all().stream().map(Dialect::name).toList(), "program")));
    }

    @Override
    public Integer call() throws IOException {
        Dialect program = program();
        Model model = Model.of(GgufShards.open(modelPath.get()));
        Plan plan = plan(program, model);
        PlanFormat chosen = format.get() != null
                ? format.get()
                : output.get() != null ? PlanFormat.ofExtension(output.get()) : PlanFormat.TABLE;
        Terminal terminal = (output.get() == null ? cli.terminal() : Terminal.PIPE).with(color.get(), ascii.get());
        if (!chosen.showsWarnings() || output.get() != null) {
            plan.warnings().forEach(cli::warn);
        }
        String text = chosen.text(model, plan, terminal, all.get());
        if (output.get() == null) {
            cli.print(text);
        } else {
            AtomicFile.write(output.get(), text);
        }
        return ExitCode.DONE;
    }

    private Plan plan(Dialect program, Model model) throws IOException {
        try {
            return program.plan(model, options(program));
        } catch (RefusedException e) {
            throw new RefusedException("llama-quantize of " + program + " would refuse: " + e.getMessage());
        }
    }

    private Dialect program() {
        Dialect ik = Dialect.ikLlamaCpp();
        Dialect chosen = dialect.get() != null
                ? dialect.get()
                : customRules.get().isEmpty() ? Dialect.llamaCpp() : ik;
        if (chosen != ik && !customRules.get().isEmpty()) {
            throw new ParameterException(commandLine(), "--custom-q is an option of ik_llama.cpp: use --rule");
        }
        if (chosen != ik && ignoreImatrixRules.get()) {
            throw new ParameterException(commandLine(), "--ignore-imatrix-rules is an option of ik_llama.cpp");
        }
        if (chosen == ik && !ruleFiles.get().isEmpty()) {
            throw new ParameterException(commandLine(),
                    "--tensor-type-file is an option of llama.cpp: use --custom-q");
        }
        return chosen;
    }

    private QuantizeOptions options(Dialect program) throws IOException {
        QuantizeOptions options = QuantizeOptions.of(program.base(base.get())).withRules(rules(program))
                .withPure(pure.get()).withLeaveOutput(leaveOutput.get())
                .withIgnoreImatrixRules(ignoreImatrixRules.get())
                .withTypes(type(program, "--output-type", outputType.get()),
                        type(program, "--token-embedding-type", tokenEmbeddingType.get()));
        if (imatrixPath.get() == null) {
            return options;
        }
        try (Imatrix imatrix = ImatrixReader.open(imatrixPath.get())) {
            program.check(imatrix);
            return options.withImatrix(imatrix);
        }
    }

    private List<Rule> rules(Dialect program) throws IOException {
        List<Rule> all = new ArrayList<>();
        for (String rule : rules.get()) {
            all.addAll(program.rules(rule));
        }
        for (String list : customRules.get()) {
            all.addAll(program.rules(list));
        }
        for (Path file : ruleFiles.get()) {
            all.addAll(RuleFile.read(file));
        }
        return all;
    }

    private static GgmlType type(Dialect program, String option, String name) throws RefusedException {
        if (name == null) {
            return null;
        }
        try {
            return program.type(name);
        } catch (RefusedException e) {
            throw new RefusedException(option + ": " + e.getMessage());
        }
    }
}
