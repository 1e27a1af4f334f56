package org.imatrixstats.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.imatrixstats.plan.PlannedTensor.Cause;

/** What rules do silently and their author would not expect. */
final class RuleWarnings {
    private static final int EXAMPLES = 3;

    private final Dialect dialect;
    private final Model model;
    private final QuantizeOptions options;
    private final List<PlannedTensor> tensors;
    private final List<String> warnings;
    /** The first rule that each warning is about, and the number of rules. */
    private final Map<String, String> firstRules = new HashMap<>();
    private final Map<String, Integer> alike = new HashMap<>();
    /** Per rule, the tensors that may be quantized and whose name it matches. */
    private final Map<Rule, List<PlannedTensor>> matches = new LinkedHashMap<>();
    private final Map<Rule, List<PlannedTensor>> keptMatches = new LinkedHashMap<>();

    /** @param warnings what is found is added */
    RuleWarnings(Dialect dialect, Model model, QuantizeOptions options, List<PlannedTensor> tensors,
            List<String> warnings) throws RefusedException {
        this.dialect = dialect;
        this.model = model;
        this.options = options;
        this.tensors = tensors;
        this.warnings = warnings;
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
    }

    /** Which rules do nothing, or something else than they seem to. */
    void effects() throws RefusedException {
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
                    : "matches only tensors that are never quantized: " + Affected.examples(kept));
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
                    : "also matches inside longer names (" + Affected.count(inWord) + ": ")
                    + Affected.examples(inWord) + "). " + anchored(pattern(rule)));
        }
    }

    private static String anchored(String pattern) {
        String name = pattern.replace("\\.", ".");
        return name.matches("[\\w.]+")
                ? "To match " + name + " itself, write ^" + name.replace(".", "\\.") + "$"
                : "To match whole names, write it from ^ to $";
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
            warn("rules of different types match the same " + Affected.count(contested) + ", "
                    + Affected.examples(contested)
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
                warn(skipped + "other types for " + Affected.count(changed) + ", " + Affected.examples(changed)
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
                warn(rule, "does not reach " + Affected.examples(beaten)
                        + ": the option for that tensor overrides all rules");
            }
        }
    }

    /** Types that rows do not fit. */
    void shapes() {
        for (Rule rule : options.rules()) {
            List<PlannedTensor> changed = tensors.stream()
                    .filter(tensor -> tensor.rule() == rule && tensor.fallback()).toList();
            if (!changed.isEmpty()) {
                warn(rule, "does not fit " + Affected.count(changed) + ": their row length is not a multiple of "
                        + rule.type().blockSize() + ". They get " + Affected.types(changed, dialect) + ": "
                        + Affected.examples(changed));
            }
        }
    }
}
