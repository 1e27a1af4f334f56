package org.imatrixstats.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.imatrix.NameForm;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.plan.PlannedTensor.Cause;
import org.imatrixstats.plan.regex.EcmaScriptPattern;

/** What a program does silently and its user would not expect. */
final class PlanWarnings {
    private static final int EXAMPLES = 3;

    private final Dialect dialect;
    private final Model model;
    private final QuantizeOptions options;
    private final List<PlannedTensor> tensors;
    private final List<String> missingEntries;
    private final List<String> warnings = new ArrayList<>();
    /** The first rule that each warning is about, and the number of rules. */
    private final Map<String, String> firstRules = new HashMap<>();
    private final Map<String, Integer> alike = new HashMap<>();
    /** Per rule, the tensors that may be quantized and whose name it matches. */
    private final Map<Rule, List<PlannedTensor>> matches = new LinkedHashMap<>();
    private final Map<Rule, List<PlannedTensor>> keptMatches = new LinkedHashMap<>();

    PlanWarnings(Dialect dialect, Model model, QuantizeOptions options, List<PlannedTensor> tensors,
            List<String> missingEntries) {
        this.dialect = dialect;
        this.model = model;
        this.options = options;
        this.tensors = tensors;
        this.missingEntries = missingEntries;
    }

    /** Each one line, what concerns most first. */
    List<String> all() throws RefusedException {
        for (Rule rule : options.rules()) {
            Rule.requireProgress(options.rules());
            List<PlannedTensor> quantized = new ArrayList<>();
            List<PlannedTensor> kept = new ArrayList<>();
            for (PlannedTensor tensor : tensors) {
                if (rule.matches(tensor.name())) {
                    (tensor.quantized() ? quantized : kept).add(tensor);
                }
            }
            matches.put(rule, quantized);
            keptMatches.put(rule, kept);
        }
        ignoredRules();
        for (Rule rule : options.rules()) {
            writing(rule);
            if (dialect.usesRules(options)) {
                effect(rule);
                reach(rule);
            }
        }
        if (dialect.usesRules(options)) {
            overlaps();
            rulesOfTheBaseType();
        }
        beatenByOptions();
        withoutEffect();
        shapes();
        interleaved();
        entries();
        requantized();
        gateAndUp();
        countedValues();
        return warnings;
    }

    private void warn(String warning) {
        warnings.add(warning);
    }

    private void warn(Rule rule, String warning) {
        String text = "rule " + RefusedException.quoted(rule.text());
        String first = firstRules.putIfAbsent(warning, text);
        alike.merge(warning, 1, Integer::sum);
        if (first == null) {
            warnings.add(text + " " + warning);
        } else {
            // One warning for all that it is true of.
            int more = alike.get(warning) - 1;
            warnings.replaceAll(each -> each.startsWith(first) && each.endsWith(" " + warning)
                    ? first + " (and " + more + " more like it) " + warning
                    : each);
        }
    }

    private void ignoredRules() {
        if (options.rules().isEmpty()) {
            return;
        }
        if (options.base().isFloat()) {
            warn(dialect + " ignores all rules with base " + options.base()
                    + ": use a quantized base type, such as Q8_0");
        } else if (options.pure() && !dialect.usesRules(options)) {
            warn(dialect + " ignores all rules with --pure: leave it out");
        } else if (options.pure()) {
            warn("builds of llama.cpp before 2026-07-16 ignore all rules with --pure");
        }
    }

    /** What is written in a way that does not do what it seems to. */
    private void writing(Rule rule) {
        String pattern = pattern(rule);
        if (!pattern.strip().equals(pattern)) {
            warn(rule, "has white space at " + (pattern.isEmpty() || pattern.charAt(0) > ' ' ? "the end" : "the start")
                    + " of its pattern. White space is part of the pattern, and no tensor name has any");
        }
        if (pattern.startsWith("#")) {
            warn(rule, "starts with '#'. Comments do not exist here: it is read as a rule");
        }
        if (!pattern.equals(rule.pattern().text())) {
            warn(rule, upperCase(pattern));
        }
        rule.pattern().notes().forEach(note -> warn(rule, ": " + note));
    }

    private static String pattern(Rule rule) {
        int equals = rule.text().indexOf('=');
        return equals < 0 ? rule.text() : rule.text().substring(0, equals);
    }

    private static String upperCase(String pattern) {
        StringBuilder escapes = new StringBuilder();
        for (String escape : List.of("\\D", "\\W", "\\S", "\\B")) {
            if (pattern.contains(escape)) {
                escapes.append(escapes.isEmpty() ? "" : ", ").append(escape).append(" to ")
                        .append(EcmaScriptPattern.lowerCase(escape));
            }
        }
        return "is converted to lower case by llama.cpp"
                + (escapes.isEmpty() ? ": names with capitals never match" : ", which turns " + escapes);
    }

    private void effect(Rule rule) throws RefusedException {
        List<PlannedTensor> matching = matches.get(rule);
        if (matching.isEmpty()) {
            List<PlannedTensor> kept = keptMatches.get(rule);
            warn(rule, kept.isEmpty()
                    ? "matches no tensor of the model" + inOtherCase(rule)
                    : "matches only tensors that are never quantized: " + examples(kept));
            return;
        }
        List<PlannedTensor> decided = matching.stream().filter(tensor -> tensor.rule() == rule).toList();
        if (rule.pattern().occursIn("")
                && matching.size() == tensors.stream().filter(PlannedTensor::quantized).count()) {
            warn(rule, "matches every tensor, because its pattern matches the empty string");
        }
        if (decided.isEmpty() && matching.stream().allMatch(tensor -> tensor.cause() == Cause.RULE)) {
            Set<String> earlier = new LinkedHashSet<>();
            matching.forEach(tensor -> earlier.add(RefusedException.quoted(tensor.rule().text())));
            warn(rule,
                    "is never reached: earlier rules match "
                            + (matching.size() == 1 ? "the tensor" : "all " + matching.size() + " tensors")
                            + " that it matches ("
                            + String.join(", ", earlier.stream().limit(EXAMPLES).toList()) + ")");
        }
    }

    private String inOtherCase(Rule rule) throws RefusedException {
        String pattern = rule.pattern().text();
        String lower = EcmaScriptPattern.lowerCase(pattern);
        if (pattern.equals(lower)) {
            return "";
        }
        EcmaScriptPattern other = EcmaScriptPattern.of(lower);
        for (PlannedTensor tensor : tensors) {
            if (other.occursIn(tensor.name())) {
                return "; in lower case it would match: " + dialect + " is case-sensitive";
            }
        }
        return "";
    }

    /** A pattern without ends is found within longer words too: output.weight in attn_output.weight. */
    private void reach(Rule rule) throws RefusedException {
        List<PlannedTensor> whole = new ArrayList<>();
        List<PlannedTensor> inWord = new ArrayList<>();
        for (PlannedTensor tensor : matches.get(rule)) {
            EcmaScriptPattern.Found found = rule.pattern().find(tensor.name()).orElseThrow();
            String name = EcmaScriptPattern.bytes(tensor.name());
            boolean cut = splits(name, found.start()) || splits(name, found.end());
            (cut ? inWord : whole).add(tensor);
        }
        boolean names = pattern(rule).endsWith("weight");
        if (!inWord.isEmpty() && (!whole.isEmpty() || names)) {
            warn(rule, (whole.isEmpty()
                    ? "matches only inside longer names ("
                    : "also matches inside longer names (" + count(inWord) + ": ")
                    + examples(inWord) + "). " + anchored(pattern(rule)));
        }
    }

    private static String anchored(String pattern) {
        String name = pattern.replace("\\.", ".");
        return name.matches("[\\w.]+")
                ? "To match " + name + " itself, write ^" + name.replace(".", "\\.") + "$"
                : "To match whole names, write it from ^ to $";
    }

    private static String count(List<PlannedTensor> some) {
        return some.size() + (some.size() == 1 ? " tensor" : " tensors");
    }

    private static boolean splits(String name, int at) {
        return at > 0 && at < name.length() && isWord(name.charAt(at - 1)) && isWord(name.charAt(at));
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    /** Which of two rules wins was not always the same in llama.cpp. */
    private void overlaps() {
        Map<String, Rule> first = new HashMap<>();
        List<PlannedTensor> contested = new ArrayList<>();
        Set<Rule> beaten = new LinkedHashSet<>();
        for (Rule rule : options.rules()) {
            for (PlannedTensor tensor : matches.get(rule)) {
                Rule earlier = first.putIfAbsent(tensor.name(), rule);
                if (earlier != null && earlier.type() != rule.type()) {
                    contested.add(tensor);
                    beaten.add(rule);
                }
            }
        }
        if (!contested.isEmpty()) {
            warn("rules of different types match the same " + count(contested) + ", " + examples(contested)
                    + ": the first rule wins over " + RefusedException.quoted(beaten.iterator().next().text())
                    + dialect.buildsWithLastRule().map(builds -> "; in builds " + builds
                            + " the last rule wins. Avoid rules that match the same tensor").orElse(""));
        }
    }

    /** Builds of a few months skipped them, which leaves their tensors to the mix. */
    private void rulesOfTheBaseType() {
        List<Rule> others = options.rules().stream().filter(rule -> rule.type() != options.base().type()).toList();
        Optional<String> builds = dialect.buildsWithoutRulesOfBase();
        if (builds.isEmpty() || options.pure() || others.size() == options.rules().size()) {
            return;
        }
        String skipped = "builds of " + dialect + " " + builds.get() + " skip rules for "
                + dialect.nameOf(options.base().type()) + ", the type of the base itself: ";
        try {
            List<PlannedTensor> then = new Simulation(dialect, model, options.withRules(others)).tensors();
            List<PlannedTensor> changed = new ArrayList<>();
            for (int i = 0; i < tensors.size(); i++) {
                if (tensors.get(i).type() != then.get(i).type()) {
                    changed.add(tensors.get(i));
                }
            }
            if (!changed.isEmpty()) {
                warn(skipped + "other types for " + count(changed) + ", " + examples(changed)
                        + "; the base Q8_0 avoids this");
            }
        } catch (RefusedException e) {
            warn(skipped + "they would refuse " + e.getMessage());
        }
    }

    private void beatenByOptions() {
        for (Rule rule : options.rules()) {
            List<PlannedTensor> beaten = matches.get(rule).stream()
                    .filter(tensor -> tensor.cause() == Cause.OPTION && tensor.type() != rule.type()).toList();
            if (!beaten.isEmpty()) {
                warn(rule, "does not reach " + examples(beaten) + ": the option for that tensor overrides all rules");
            }
        }
    }

    private void withoutEffect() {
        boolean tied = tensors.stream().noneMatch(tensor -> tensor.name().equals("output.weight"));
        if (tied && options.leaveOutput()) {
            warn("--leave-output-tensor does nothing: the model has no output.weight; its token embeddings are used instead");
        }
        options.types().forEach((option, type) -> {
            List<PlannedTensor> given = tensors.stream().filter(tensor -> tensor.option() == option).toList();
            if (given.isEmpty()) {
                warn(option + " does nothing: " + whyNot(option));
            } else if (tied && option == TypeOption.OUTPUT) {
                warn("the model has no output.weight: " + option + " applies to " + examples(given)
                        + ", which is used instead");
            }
        });
    }

    private String whyNot(TypeOption option) {
        List<PlannedTensor> meant = tensors.stream().filter(tensor -> tensor.name().contains(option.tensors()))
                .toList();
        if (option == TypeOption.OUTPUT) {
            return options.leaveOutput() ? "--leave-output-tensor is given" : "the model has no output.weight";
        }
        if (meant.isEmpty()) {
            return "no tensor of the model has " + option.tensors() + " in its name";
        }
        if (!option.beatsRules() && !dialect.usesRules(options)) {
            return options.pure() ? "--pure is given" : "base " + options.base() + " has no mix";
        }
        if (option == TypeOption.QUERY_KEY_VALUE) {
            return "attn_qkv counts as attn_q in " + dialect + ", take " + TypeOption.QUERY;
        }
        if (meant.stream().allMatch(tensor -> tensor.cause() == Cause.RULE)) {
            return "rules decide for all tensors with " + option.tensors() + " in their names";
        }
        return option.beatsRules()
                ? "all its tensors have that type already, or are not matrices"
                : "the mix of " + options.base() + " does not look at it, a rule does the same";
    }

    private void shapes() {
        for (Rule rule : options.rules()) {
            List<PlannedTensor> changed = tensors.stream()
                    .filter(tensor -> tensor.rule() == rule && tensor.fallback()).toList();
            if (!changed.isEmpty()) {
                warn(rule, "does not fit " + count(changed) + ": their row length is not a multiple of "
                        + rule.type().blockSize() + ". They get " + types(changed) + ": " + examples(changed));
            }
        }
        List<PlannedTensor> broken = tensors.stream().filter(PlannedTensor::isBroken).toList();
        if (!broken.isEmpty()) {
            warn("the row length of " + examples(broken) + " is not a multiple of the block size of " + types(broken)
                    + ": the dry run of llama-quantize accepts this, the real run stops");
        }
    }

    private String types(List<PlannedTensor> some) {
        return String.join(", ",
                some.stream().map(tensor -> dialect.nameOf(tensor.type())).distinct().toList());
    }

    private void interleaved() {
        List<PlannedTensor> changed = tensors.stream()
                .filter(tensor -> tensor.quantized() && !tensor.fallback() && tensor.type() != tensor.wanted()
                        && tensor.wanted().interleavedRows() > 1)
                .toList();
        if (!changed.isEmpty()) {
            warn(count(changed) + " cannot be stored in interleaved rows and "
                    + (changed.size() == 1 ? "gets" : "get") + " the plain type " + types(changed) + ": "
                    + examples(changed)
                    + " (token embeddings never can; other tensors need a multiple of 4, 8 or 16 rows)");
        }
        List<PlannedTensor> rowsAtOnce = tensors.stream()
                .filter(tensor -> tensor.cause() == Cause.RULE && tensor.type().interleavedRows() > 1).toList();
        if (!rowsAtOnce.isEmpty()) {
            warn("interleaved rows are used by " + types(rowsAtOnce)
                    + ": fast on CPUs, but not every backend supports them, and only ik_llama.cpp reads the file");
        }
    }

    private void entries() {
        if (!missingEntries.isEmpty()) {
            warn(missingEntries.size() + (missingEntries.size() == 1 ? " tensor demands" : " tensors demand")
                    + " an entry in an importance matrix, "
                    + (options.imatrix().isPresent() ? "which has none, " : "and there is none, ")
                    + "such as " + missingEntries.getFirst()
                    + ": the dry run of llama-quantize accepts this, the real run"
                    + " stops");
        }
        Map<String, Long> there = options.imatrix().orElse(Map.of());
        List<PlannedTensor> crashing = tensors.stream()
                .filter(tensor -> dialect.crashesAt(tensor, there) && !missingEntries.contains(tensor.name()))
                .toList();
        List<PlannedTensor> unused = tensors.stream()
                .filter(tensor -> options.imatrix().isPresent() && gainsByEntry(tensor)
                        && !dialect.usesEntry(tensor.source(), there))
                .toList();
        NameForm.sentences(unused.stream().map(PlannedTensor::name).toList(), there::containsKey,
                "the importance matrix")
                .forEach(sentence -> warn("the importance matrix has entries under other names for " + sentence
                        + ". " + dialect + " finds none of them: they are quantized without importance weights"));
        List<PlannedTensor> without = unused.stream()
                .filter(tensor -> NameForm.of(tensor.name(), there::containsKey).isEmpty()).toList();
        if (!without.isEmpty()) {
            warn("the importance matrix has no entry for " + count(without) + ", " + examples(without)
                    + ": they are quantized without importance weights");
        }
        if (!crashing.isEmpty()) {
            warn(types(crashing) + " without an entry in an importance matrix crashes llama-quantize at "
                    + examples(crashing));
        }
        List<PlannedTensor> misfit = tensors.stream()
                .filter(tensor -> tensor.type() != tensor.source().ggmlType() && there.containsKey(tensor.name())
                        && !dialect.usesEntry(tensor.source(), there))
                .toList();
        if (!misfit.isEmpty()) {
            warn("the importance matrix has an entry of another size for " + examples(misfit)
                    + ": they are quantized without importance weights");
        }
    }

    /**
     * Whether an entry would be used and is usually there: llama-imatrix collects none for embeddings, and none for the
     * output unless told to. Types of 8 bits or more make no use of it.
     */
    private boolean gainsByEntry(PlannedTensor tensor) {
        return tensor.quantized() && tensor.type() != tensor.source().ggmlType()
                && tensor.type().bytesPerBlock() < tensor.type().blockSize()
                && !missingEntries.contains(tensor.name()) && !model.isUnused(tensor.name())
                && !tensor.name().contains("token_embd")
                && !tensor.name().equals("output.weight");
    }

    private void requantized() {
        List<PlannedTensor> again = tensors.stream().filter(PlannedTensor::isRequantized).toList();
        if (!again.isEmpty()) {
            warn("the model is quantized already (" + count(again) + ", " + examples(again)
                    + "): llama-quantize needs --allow-requantize, and the losses add up"
                    + larger(again));
        }
    }

    private static String larger(List<PlannedTensor> again) {
        long larger = again.stream().filter(tensor -> tensor.bytes() > tensor.source().bytes()).count();
        return larger == 0 ? "" : "; " + larger + " of them become larger";
    }

    /** Fused, they run faster; that wants one type. */
    private void gateAndUp() {
        if (!dialect.fusesGateAndUp()) {
            return;
        }
        Map<String, PlannedTensor> byName = new HashMap<>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        List<PlannedTensor> differing = tensors.stream().filter(tensor -> {
            PlannedTensor up = tensor.name().contains(".ffn_gate_exps.weight")
                    ? byName.get(tensor.name().replace(".ffn_gate_exps.", ".ffn_up_exps."))
                    : null;
            return up != null && up.type() != tensor.type();
        }).toList();
        if (!differing.isEmpty()) {
            warn("ffn_gate_exps and ffn_up_exps have different types in " + differing.size()
                    + " layers, such as layer " + TensorName.of(differing.getFirst().name()).layer()
                    + ": -fmoe does not fuse them then, which costs speed");
        }
    }

    /** ik_llama.cpp asserts that its mix can tell the layers apart, also where it uses no mix. */
    private void countedValues() {
        if (dialect.countsValues(model)) {
            long values = tensors.stream().map(PlannedTensor::name)
                    .filter(name -> name.contains("attn_v.weight") || name.contains("attn_qkv.weight")).count();
            if (values != 0 && values != model.layers() && values != 3L * model.layers()) {
                warn("the model has " + values + " tensors attn_v and attn_qkv in " + model.layers() + " layers:"
                        + " llama-quantize of " + dialect
                        + " aborts there (n_attention_wv is unexpected) if it knows the"
                        + " architecture " + model.architecture());
            }
        }
    }

    private static String examples(List<PlannedTensor> some) {
        List<String> names = some.stream().limit(EXAMPLES).map(PlannedTensor::name).toList();
        return String.join(", ", names) + (some.size() > EXAMPLES ? ", …" : "");
    }
}
