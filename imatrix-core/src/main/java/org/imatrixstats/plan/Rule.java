package org.imatrixstats.plan;

import org.imatrixstats.ggml.GgmlType;

/**
 * A rule: tensors whose name the pattern finds get the type.
 *
 * @param text    as it was given, {@code RE=TYPE}
 * @param pattern as the program uses it
 */
public record Rule(String text, EcmaScriptPattern pattern, GgmlType type) {
    /** Whether the pattern occurs in the name of a tensor. */
    public boolean matches(String tensor) throws RefusedException {
        return pattern.occursIn(tensor);
    }

    @Override
    public String toString() {
        return text;
    }
}
