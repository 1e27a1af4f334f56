package org.imatrixstats.recipe;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;

/**
 * What the user wants of a recipe beside its size.
 *
 * @param base      the base type of the command line; every tensor has a rule, so that it decides none
 * @param types     to choose from; empty for a good choice
 * @param pins      types that are given; the first that fits
 * @param limits    all that fit
 * @param harmonies which tensors get one type
 */
public record RecipeOptions(Dialect dialect, BaseType base, List<GgmlType> types, List<Pin> pins, List<Limit> limits,
        Set<Harmony> harmonies) {

    /**
     * A type for the tensors of these names.
     *
     * @param label how the user said it
     */
    public record Pin(String label, Predicate<String> names, GgmlType type) {
    }

    /**
     * The smallest or the largest type for tensors of these kinds, by bits per weight.
     *
     * @param label how the user said it
     */
    public record Limit(String label, Predicate<String> kinds, GgmlType type, boolean largest) {
        boolean allows(String kind, GgmlType other) {
            double bits = Ladder.bitsPerWeight(other);
            double limit = Ladder.bitsPerWeight(type);
            return !kinds.test(kind) || (largest ? bits <= limit : bits >= limit);
        }
    }

    /** The defaults of a dialect. */
    public static RecipeOptions of(Dialect dialect) {
        return new RecipeOptions(dialect, BaseType.Q8_0, List.of(), List.of(), List.of(), Set.of(Harmony.GATE_UP));
    }

    public RecipeOptions {
        types = List.copyOf(types);
        pins = List.copyOf(pins);
        limits = List.copyOf(limits);
        harmonies = Set.copyOf(harmonies);
    }

    Optional<Pin> pin(String tensor) {
        for (Pin pin : pins) {
            if (pin.names.test(tensor)) {
                return Optional.of(pin);
            }
        }
        return Optional.empty();
    }

    boolean allows(String kind, GgmlType type) {
        for (Limit limit : limits) {
            if (!limit.allows(kind, type)) {
                return false;
            }
        }
        return true;
    }
}
