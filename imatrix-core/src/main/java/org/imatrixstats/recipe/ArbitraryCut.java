package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.imatrixstats.recipe.Recipe.Choice;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.TensorStats;
import org.imatrixstats.tensor.TensorName;

/** Finds the kinds in which a recipe gives different types to tensors that are alike. */
final class ArbitraryCut {
    private ArbitraryCut() {
    }

    /**
     * What to say of the types of a recipe.
     *
     * @param report empty without an importance matrix: all tensors of a kind are alike then
     */
    static Optional<String> of(Collection<Choice> choices, Optional<Report> report, Ranking ranking) {
        Map<String, TensorStats> stats = new HashMap<>();
        report.ifPresent(all -> all.tensors().forEach(tensor -> stats.put(tensor.name().name(), tensor)));
        Map<String, List<Choice>> comparable = new TreeMap<>();
        for (Choice choice : choices) {
            TensorName name = TensorName.of(choice.tensor().name());
            if (name.hasLayer() && !choice.pinned() && stats.containsKey(name.name()) == report.isPresent()) {
                comparable.computeIfAbsent(name.kind() + " " + choice.tensor().dims(), _ -> new ArrayList<>())
                        .add(choice);
            }
        }
        TreeSet<String> kinds = new TreeSet<>();
        for (List<Choice> members : comparable.values()) {
            members.sort(
                    Comparator.comparingDouble(choice -> report.isEmpty() ? 0 : ranking.place(stat(stats, choice))));
            for (int i = 1; i < members.size(); i++) {
                Choice a = members.get(i - 1);
                Choice b = members.get(i);
                if (a.type() != b.type()
                        && (report.isEmpty() || ranking.alike(stat(stats, a), stat(stats, b)))) {
                    kinds.add(TensorName.of(a.tensor().name()).kind());
                }
            }
        }
        return warning(report.isPresent(), kinds);
    }

    private static TensorStats stat(Map<String, TensorStats> stats, Choice choice) {
        return stats.get(choice.tensor().name());
    }

    /** What to say of a cut between the last tensor that gets a type and the first that does not. */
    static Optional<String> of(Map<String, Long> alikeByKind) {
        return warning(true, alikeByKind.entrySet().stream()
                .map(kind -> kind.getKey() + " (" + kind.getValue() + " alike)").toList());
    }

    private static Optional<String> warning(boolean ranked, Collection<String> kinds) {
        if (kinds.isEmpty()) {
            return Optional.empty();
        }
        String why = ranked
                ? "tensors of a kind that are alike (within 1%) get different types"
                : "without an importance matrix the tensors of a kind are alike, and some get different types";
        return Optional.of(why + ": which of them get more bits is arbitrary: "
                + kinds.stream().collect(Collectors.joining(", ")));
    }
}
