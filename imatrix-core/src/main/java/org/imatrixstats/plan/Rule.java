package org.imatrixstats.plan;

import java.util.List;

import org.imatrixstats.ggml.GgmlType;

/**
 * A rule: tensors whose name the pattern finds get the type.
 *
 * @param text    as it was given, {@code RE=TYPE}
 * @param pattern as the program uses it
 */
public record Rule(String text, EcmaScriptPattern pattern, GgmlType type) {
    /** Characters that all rules together look at: five times what a rule for each of a thousand tensors takes. */
    private static final long MOST_STEPS = 1_000_000_000;

    /** Whether the pattern occurs in the name of a tensor. */
    public boolean matches(String tensor) throws RefusedException {
        return pattern.occursIn(tensor);
    }

    /** The first of some rules that matches; null if none does. */
    public static Rule firstMatch(String tensor, List<Rule> rules) throws RefusedException {
        for (Rule rule : rules) {
            if (rule.matches(tensor)) {
                return rule;
            }
        }
        return null;
    }

    /** Stops many rules, each of which comes to an end, before they take hours over many tensors. */
    static void requireProgress(List<Rule> rules) throws RefusedException {
        requireProgress(rules, MOST_STEPS);
    }

    static void requireProgress(List<Rule> rules, long mostSteps) throws RefusedException {
        long steps = 0;
        for (Rule rule : rules) {
            steps += rule.pattern.steps();
        }
        if (steps > mostSteps) {
            throw new RefusedException(
                    "the " + rules.size() + " rules take too long on so many tensors: patterns such as"
                            + " .*.*x have too many ways to match; write them from ^ to $, or fewer");
        }
    }

    // Those of a record are classes that the JVM makes at each start.

    @Override
    public boolean equals(Object other) {
        return other instanceof Rule rule && text.equals(rule.text) && pattern.equals(rule.pattern)
                && type == rule.type;
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
