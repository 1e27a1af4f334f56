package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.gguf.GgmlType;
import org.imatrixstats.imatrix.quantize.Dialect;
import org.imatrixstats.imatrix.quantize.QuantizeOptions;
import org.imatrixstats.imatrix.quantize.RefusedException;
import org.imatrixstats.imatrix.quantize.Rule;
import org.imatrixstats.imatrix.quantize.RuleFile;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What llama-quantize is told. */
final class PlanOptions extends Options {
    private final Supplier<String> base = option("--base", "FTYPE", String.class, "Q4_K_M",
            "the type that llama-quantize is asked for, by name or number (default: ${DEFAULT-VALUE})");
    private final Supplier<List<String>> rules = repeated("--rule --tensor-type", "RE=TYPE", String.class,
            "a rule, as --tensor-type of llama.cpp and --custom-q of ik_llama.cpp take it; may be repeated, the first that"
                    + " matches wins");
    private final Supplier<List<String>> customRules = repeated("--custom-q", "RULES", String.class,
            "rules with commas between, as ik_llama.cpp takes them; implies --dialect ik_llama.cpp");
    private final Supplier<List<Path>> ruleFiles = repeated("--tensor-type-file", "FILE", Path.class,
            "rules with white space between, as llama.cpp takes them");
    private final DialectOption dialect = include(new DialectOption());
    private final Supplier<Boolean> pure = flag("--pure", "no mix: the base type for every tensor");
    private final Supplier<Boolean> leaveOutput = flag("--leave-output-tensor",
            "the type of output.weight stays as it is");
    private final Supplier<Boolean> ignoreImatrixRules = flag("--ignore-imatrix-rules",
            "very low types without an importance matrix too (ik_llama.cpp)");
    private final Supplier<String> outputType = option("--output-type --output-tensor-type", "TYPE", String.class,
            "the type of output.weight, whatever rules say");
    private final Supplier<String> tokenEmbeddingType = option("--token-embedding-type", "TYPE", String.class,
            "the type of token_embd.weight, whatever rules say");

    List<Path> ruleFiles() {
        return ruleFiles.get();
    }

    /** Whose llama-quantize. */
    Dialect program(CommandLine command) {
        Dialect ik = Dialect.ikLlamaCpp();
        Dialect chosen = dialect.or(customRules.get().isEmpty() ? Dialect.llamaCpp() : ik);
        if (chosen != ik && !customRules.get().isEmpty()) {
            throw new ParameterException(command, "--custom-q is an option of ik_llama.cpp: use --rule");
        }
        if (chosen != ik && ignoreImatrixRules.get()) {
            throw new ParameterException(command, "--ignore-imatrix-rules is an option of ik_llama.cpp");
        }
        if (chosen == ik && !ruleFiles.get().isEmpty()) {
            throw new ParameterException(command,
                    "--tensor-type-file is an option of llama.cpp: use --custom-q");
        }
        return chosen;
    }

    /** What it is told, without an importance matrix. */
    QuantizeOptions of(Dialect program) throws IOException {
        return QuantizeOptions.of(program.base(base.get())).withRules(rules(program)).withPure(pure.get())
                .withLeaveOutput(leaveOutput.get()).withIgnoreImatrixRules(ignoreImatrixRules.get())
                .withTypes(type(program, "--output-type", outputType.get()),
                        type(program, "--token-embedding-type", tokenEmbeddingType.get()));
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
