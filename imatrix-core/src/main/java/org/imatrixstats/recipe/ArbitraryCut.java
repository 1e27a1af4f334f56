package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.TensorStats;
import org.imatrixstats.tensor.TensorName;

/** Finds the kinds in which a recipe gives different types to tensors that are alike. */
final class ArbitraryCut {
    /** Two neighbours in the order may be alike by chance. */
    private static final int LEAST = 3;

    private ArbitraryCut() {
    }

    /**
     * What to say of the types of a recipe.
     *
     * @param report empty where the importance matrix does not rank the tensors: those of one weight are alike then
     */
    static Optional<String> of(Collection<TypeChoice> choices, Losses losses, Optional<Report> report,
            Ranking ranking) {
        Map<String, TensorStats> stats = new HashMap<>();
        report.ifPresent(all -> all.tensors().forEach(tensor -> stats.put(tensor.name().name(), tensor)));
        Map<String, List<TypeChoice>> comparable = new TreeMap<>();
        for (TypeChoice choice : choices) {
            TensorName name = TensorName.of(choice.tensor().name());
            if (name.hasLayer() && !choice.pinned() && stats.containsKey(name.name()) == report.isPresent()) {
                comparable.computeIfAbsent(name.kind() + " " + choice.tensor().dims(), _ -> new ArrayList<>())
                        .add(choice);
            }
        }
        ToDoubleFunction<TypeChoice> place = choice -> report.isPresent()
                ? ranking.place(stat(stats, choice))
                : -losses.weight(choice.tensor());
        BiPredicate<TypeChoice, TypeChoice> alike = (one, other) -> report.isPresent()
                ? ranking.alike(stat(stats, one), stat(stats, other))
                : losses.weight(one.tensor()) == losses.weight(other.tensor());
        boolean ranked = report.isPresent();
        TreeMap<String, Long> alikeByKind = new TreeMap<>();
        for (List<TypeChoice> members : comparable.values()) {
            members.sort((a, b) -> Double.compare(place.applyAsDouble(a), place.applyAsDouble(b)));
            ranked |= !alike.test(members.getFirst(), members.getLast());
            for (int i = 1; i < members.size(); i++) {
                TypeChoice a = members.get(i - 1);
                TypeChoice b = members.get(i);
                if (a.type() != b.type() && alike.test(a, b)) {
                    long count = members.stream().filter(choice -> alike.test(choice, b)).count();
                    alikeByKind.merge(TensorName.of(a.tensor().name()).kind(), count, Math::max);
                }
            }
        }
        return warning(ranked, alikeByKind);
    }

    private static TensorStats stat(Map<String, TensorStats> stats, TypeChoice choice) {
        return stats.get(choice.tensor().name());
    }

    /** What to say of cuts, by kind the number of tensors that are alike where it was cut. */
    static Optional<String> of(Map<String, Long> alikeByKind) {
        return warning(true, alikeByKind);
    }

    private static Optional<String> warning(boolean ranked, Map<String, Long> alikeByKind) {
        StringJoiner kinds = new StringJoiner(", ");
        alikeByKind.forEach((kind, count) -> {
            if (count >= LEAST) {
                kinds.add(kind + " (" + count + " alike)");
            }
        });
        String why = ranked
                ? "tensors of a kind that are alike (within 1%) get different types"
                : "without an importance matrix the tensors of a kind are alike, and some get different types";
        return kinds.length() == 0
                ? Optional.empty()
                : Optional.of(why + ": which of them get more bits is arbitrary: " + kinds);
    }
}
