package org.imatrixstats.app.browse;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Shell;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.recipe.RuleSet;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.tensor.TensorInfo;

/**
 * Makes quantization rules of marked tensors, and says what they do to the size.
 *
 * @param dialect whose rules
 * @param model   the model to be quantized; null if it is not known
 * @param options the base type that the rules come on top of, and the importance matrix
 */
record RuleMaker(Dialect dialect, Model model, QuantizeOptions options) {
    private static final double MIB = 1024 * 1024;
    private static final String DEFAULT_TYPE = "q6_K";
    private static final int BITS = 8;
    private static final int MOST_NAMED = 5;

    /**
     * What marks come to.
     *
     * @param rules    {@code pattern=type}
     * @param inAPhrase beside their number
     * @param sizes    and what is odd, a sentence each
     */
    record Outcome(List<String> rules, String inAPhrase, List<String> sizes) {
        static final Outcome NONE = new Outcome(List.of(), "", List.of());
    }

    /** The type that is chosen before the user chooses. */
    String firstType() {
        return DEFAULT_TYPE;
    }

    /** The types that the program can quantize to, the largest first. */
    List<Item> types() {
        return dialect.types().stream().sorted((a, b) -> Double.compare(bits(b), bits(a)))
                .map(type -> new Item(dialect.nameOf(type), dialect.nameOf(type),
                        Cells.cell(bits(type), Figure.Unit.RATIO) + " bits per weight"))
                .toList();
    }

    private static double bits(GgmlType type) {
        return (double) BITS * type.bytesPerBlock() / type.blockSize();
    }

    Outcome outcome(Map<String, String> typeOf) {
        if (typeOf.isEmpty()) {
            return Outcome.NONE;
        }
        try {
            Map<String, GgmlType> types = new LinkedHashMap<>();
            for (Map.Entry<String, String> marked : typeOf.entrySet()) {
                types.put(marked.getKey(), dialect.type(marked.getValue()));
            }
            Collection<String> names = model == null
                    ? types.keySet()
                    : model.tensors().stream().map(TensorInfo::name).toList();
            List<Rule> rules = new RuleSet(dialect, names, model != null).rules(types);
            List<String> texts = rules.stream().map(Rule::text).toList();
            return model == null
                    ? new Outcome(texts, "", List.of("For sizes give the model: browse FILE... --model MODEL.gguf."))
                    : planned(types, rules, texts);
        } catch (RefusedException e) {
            return new Outcome(List.of(), "refused", List.of(dialect.name() + " refuses: " + e.getMessage() + "."));
        }
    }

    private Outcome planned(Map<String, GgmlType> types, List<Rule> rules, List<String> texts)
            throws RefusedException {
        Plan before = Plan.of(dialect, model, options);
        Plan after = Plan.of(dialect, model, options.withRules(rules));
        double more = after.quantMib() - before.quantMib();
        List<String> sizes = new ArrayList<>();
        sizes.add(options.base().name() + " alone: " + mib(before) + ". With the rules: " + mib(after) + ", "
                + (more < 0 ? "−" : "+") + Cells.cell(Math.abs(more), Figure.Unit.RATIO) + " MiB.");
        name(sizes, types.keySet().stream().filter(name -> after.tensor(name) == null).toList(),
                "not in the model: another model's importance matrix?");
        name(sizes, after.tensors().stream().filter(tensor -> types.containsKey(tensor.name()) && !tensor.quantized())
                .map(PlannedTensor::name).toList(), "never quantized by " + dialect.name() + ": the rule does nothing");
        name(sizes, after.tensors().stream()
                .filter(tensor -> types.containsKey(tensor.name()) && tensor.quantized()
                        && tensor.type() != types.get(tensor.name()))
                .map(tensor -> tensor.name() + " (" + dialect.nameOf(tensor.type()) + ")").toList(),
                "given another type, for the shape");
        after.warnings().forEach(warning -> sizes.add("Note: " + warning + (warning.endsWith(".") ? "" : ".")));
        return new Outcome(texts, Cells.cell(after.quantMib(), Figure.Unit.RATIO) + " MiB", sizes);
    }

    private static String mib(Plan plan) {
        return Cells.cell(plan.quantBytes() / MIB, Figure.Unit.RATIO) + " MiB, "
                + Cells.cell(plan.bitsPerWeight(), Figure.Unit.RATIO) + " bits per weight";
    }

    private static void name(List<String> sentences, List<String> tensors, String what) {
        if (!tensors.isEmpty()) {
            sentences.add(Numbers.count(tensors.size(), "tensor") + " " + what + ": "
                    + tensors.stream().limit(MOST_NAMED).map(Text::printable).collect(Collectors.joining(", "))
                    + (tensors.size() > MOST_NAMED ? ", …" : "") + ".");
        }
    }

    String fileContent(List<String> rules) {
        return dialect.joinsRules()
                ? String.join(",", rules) + "\n"
                : rules.stream().map(rule -> rule + "\n").collect(Collectors.joining());
    }

    String howToUse() {
        String base = options.base().name();
        return "w writes them to a file, for " + (dialect.joinsRules()
                ? "llama-quantize --custom-q " + Shell.ofPlatform().contentOf("FILE") + " … " + base
                : "llama-quantize --tensor-type-file FILE … " + base) + " of " + dialect.name() + ".";
    }
}
