package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;

/**
 * Few and short rules that give tensors their types. Each name is matched by one rule at most, from its first character to
 * its last, so that neither the order of the rules nor how a version of a quantizer takes it makes a difference.
 */
public final class RuleSet {
    private static final String ALL_LAYERS = "[0-9]+";
    /** Finds a number, such as 007, that is not the number of a layer but matches {@link #ALL_LAYERS}. */
    private static final Pattern NUMBERED = Pattern.compile("(blk\\." + ALL_LAYERS + "|\\.0[0-9]+)\\.");

    private final Dialect dialect;
    /** The layers that have a tensor of this name, apart from the number. */
    private final Map<Layered, SortedSet<Integer>> known = new TreeMap<>();
    /** Whether a number that is none of these is in no name. */
    private final boolean complete;

    /** A name apart from the number of its layer: {@code blk.} and {@code ffn_down.weight}. */
    private record Layered(String before, String after) implements Comparable<Layered> {
        @Override
        public int compareTo(Layered other) {
            int order = before.compareTo(other.before);
            return order != 0 ? order : after.compareTo(other.after);
        }

        /** null for a name without a layer, and for one whose number is written otherwise: {@code blk.07}. */
        static Layered of(TensorName name) {
            if (!name.hasLayer()) {
                return null;
            }
            boolean canonical = name.inLayer(name.layer()).equals(name.name());
            return canonical ? new Layered(name.beforeNumber(), name.afterNumber().substring(1)) : null;
        }
    }

    /** Where a pattern starts, which layers it has, and what for: what tensors of one rule have in common. */
    private record Body(String before, String layers, GgmlType type) {
        private static final Comparator<Body> ORDER = Comparator.comparing(Body::before).thenComparing(Body::type)
                .thenComparing(Body::layers);
    }

    /**
     * @param names    all names that rules will see
     * @param complete whether these are all; otherwise rules name every layer
     */
    public RuleSet(Dialect dialect, Collection<String> names, boolean complete) {
        this.dialect = dialect;
        boolean plain = true;
        for (String name : names) {
            TensorName parsed = TensorName.of(name);
            Layered layered = Layered.of(parsed);
            if (layered != null) {
                known.computeIfAbsent(layered, _ -> new TreeSet<>()).add(parsed.layer());
            } else {
                plain &= !NUMBERED.matcher(name).find();
            }
        }
        this.complete = complete && plain;
    }

    /** Rules for these tensors and no others, those without a layer first. */
    public List<Rule> rules(Map<String, GgmlType> types) throws RefusedException {
        SortedMap<GgmlType, Set<String>> whole = new TreeMap<>();
        Map<Layered, SortedMap<GgmlType, SortedSet<Integer>>> layers = new TreeMap<>();
        types.forEach((name, type) -> {
            TensorName parsed = TensorName.of(name);
            Layered layered = Layered.of(parsed);
            if (layered == null) {
                whole.computeIfAbsent(type, _ -> new TreeSet<>()).add(name);
            } else {
                layers.computeIfAbsent(layered, _ -> new TreeMap<>())
                        .computeIfAbsent(type, _ -> new TreeSet<>()).add(parsed.layer());
            }
        });
        List<Rule> rules = new ArrayList<>();
        for (Map.Entry<GgmlType, Set<String>> entry : whole.entrySet()) {
            rules.add(dialect.rule("^" + Alternation.of(entry.getValue()) + "$", entry.getKey()));
        }
        Map<Body, SortedSet<String>> bodies = new TreeMap<>(Body.ORDER);
        layers.forEach((layered, byType) -> byType
                .forEach((type, numbers) -> bodies.computeIfAbsent(
                        new Body(layered.before, layers(layered, numbers), type), _ -> new TreeSet<>())
                        .add(layered.after)));
        List<Map.Entry<Body, SortedSet<String>>> ordered = new ArrayList<>(bodies.entrySet());
        // Those that start alike stay in the order of their bodies.
        ordered.sort(Comparator.comparing(entry -> entry.getValue().first()));
        for (Map.Entry<Body, SortedSet<String>> entry : ordered) {
            Body body = entry.getKey();
            rules.add(dialect.rule("^" + Alternation.of(Set.of(body.before)) + body.layers + "\\."
                    + Alternation.of(entry.getValue()) + "$", body.type));
        }
        return rules;
    }

    private String layers(Layered layered, SortedSet<Integer> numbers) {
        return complete && numbers.size() > 1 && numbers.equals(known.get(layered))
                ? ALL_LAYERS
                : Alternation.ofNumbers(numbers);
    }
}
