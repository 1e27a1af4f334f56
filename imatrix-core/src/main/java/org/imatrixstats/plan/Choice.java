package org.imatrixstats.plan;

import org.imatrixstats.ggml.GgmlType;

/**
 * What a program chooses for a tensor that it may quantize.
 *
 * @param wanted   before the shape of the tensor demanded another type
 * @param rule     the rule that decided; null if none did
 * @param option   the option that decided; null if none did
 * @param fallback whether the program counts it as a fallback
 */
public record Choice(GgmlType type, GgmlType wanted, Rule rule, TypeOption option, boolean fallback) {
}
