package org.imatrixstats.plan;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Imatrix;

/**
 * What llama-quantize is told.
 *
 * @param base               the type it is asked for
 * @param rules              in the order in which they are tried
 * @param pure               use the base type for every tensor, without the mix
 * @param leaveOutput        output.weight stays as it is
 * @param ignoreImatrixRules allow very low types without an importance matrix (ik_llama.cpp)
 * @param fileOrder          take the tensors, and count them, in the order of the file, as with --keep-split
 * @param types              of the options that give some tensors a type
 * @param imatrix            values per entry of the importance matrix; empty without one
 */
public record QuantizeOptions(BaseType base, List<Rule> rules, boolean pure, boolean leaveOutput,
        boolean ignoreImatrixRules, boolean fileOrder, Map<TypeOption, GgmlType> types,
        Optional<Map<String, Long>> imatrix) {
    /** A base type and nothing else. */
    public static QuantizeOptions of(BaseType base) {
        return new QuantizeOptions(base, List.of(), false, false, false, false, Map.of(), Optional.empty());
    }

    public QuantizeOptions withBase(BaseType other) {
        return new QuantizeOptions(other, rules, pure, leaveOutput, ignoreImatrixRules, fileOrder, types, imatrix);
    }

    public QuantizeOptions withRules(List<Rule> others) {
        return new QuantizeOptions(base, List.copyOf(others), pure, leaveOutput, ignoreImatrixRules, fileOrder, types,
                imatrix);
    }

    public QuantizeOptions withPure(boolean other) {
        return new QuantizeOptions(base, rules, other, leaveOutput, ignoreImatrixRules, fileOrder, types, imatrix);
    }

    public QuantizeOptions withLeaveOutput(boolean other) {
        return new QuantizeOptions(base, rules, pure, other, ignoreImatrixRules, fileOrder, types, imatrix);
    }

    public QuantizeOptions withIgnoreImatrixRules(boolean other) {
        return new QuantizeOptions(base, rules, pure, leaveOutput, other, fileOrder, types, imatrix);
    }

    public QuantizeOptions withFileOrder(boolean other) {
        return new QuantizeOptions(base, rules, pure, leaveOutput, ignoreImatrixRules, other, types, imatrix);
    }

    /** With an option that gives some tensors a type. */
    public QuantizeOptions with(TypeOption option, GgmlType type) {
        Map<TypeOption, GgmlType> all = new EnumMap<>(TypeOption.class);
        all.putAll(types);
        all.put(option, type);
        return new QuantizeOptions(base, rules, pure, leaveOutput, ignoreImatrixRules, fileOrder, all, imatrix);
    }

    /** With the entries of an importance matrix. */
    public QuantizeOptions withImatrix(Imatrix other) {
        return withImatrix(sizes(other));
    }

    /** With entries of an importance matrix: the number of values by the name of the tensor. */
    public QuantizeOptions withImatrix(Map<String, Long> sizes) {
        return new QuantizeOptions(base, rules, pure, leaveOutput, ignoreImatrixRules, fileOrder, types,
                Optional.of(sizes));
    }

    /** The entries of an importance matrix: the number of values by the name of the tensor. */
    public static Map<String, Long> sizes(Imatrix imatrix) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        imatrix.entries().forEach((name, entry) -> sizes.put(name, entry.size()));
        return sizes;
    }
}
