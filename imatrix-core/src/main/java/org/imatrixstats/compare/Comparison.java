package org.imatrixstats.compare;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.imatrix.Troubles;

/**
 * Two importance matrices compared.
 *
 * @param pairing what could be compared, and what not
 * @param tensors what was compared, by layer
 */
public record Comparison(Pairing pairing, List<PairStats> tensors) {
    public Comparison {
        tensors = List.copyOf(tensors);
    }

    /** A sentence per sort of trouble with the figures, with the first tensor that has it. */
    public List<String> warnings() {
        return Troubles.warnings(tensors, PairStats::name, PairStats::trouble);
    }

    /** Whether all tensors of both files were compared. */
    public boolean isWhole() {
        return pairing.onlyInA().isEmpty() && pairing.onlyInB().isEmpty() && pairing.shapeMismatches().isEmpty()
                && tensors.size() == pairing.pairs().size();
    }

    /** Whether all that was compared holds the same counts and sums of x² in both files. */
    public boolean same() {
        return tensors.stream().allMatch(PairStats::same);
    }

    /** The comparison of some of the tensors. */
    public Comparison only(Predicate<PairStats> selection) {
        return new Comparison(pairing, tensors.stream().filter(selection).toList());
    }

    /** Tensors that share an input count once. */
    public List<PairStats> inputs() {
        Set<TensorName> seen = new HashSet<>();
        return tensors.stream().filter(tensor -> seen.add(tensor.input())).toList();
    }

    /** All tensors together. */
    public PairGroup overall() {
        return new PairGroup(null, null, tensors);
    }

    /** By stack and number; tensors without a layer belong to none. */
    public List<PairGroup> layers() {
        return groups(PairStats::name, TensorName::inStack,
                (layer, members) -> new PairGroup(layer, null, members));
    }

    /** By name. */
    public List<PairGroup> kinds() {
        return groups(PairStats::name, TensorName::kind,
                (kind, members) -> new PairGroup(null, kind, members));
    }

    @FunctionalInterface
    private interface NewGroup<K> {
        PairGroup of(K key, List<PairStats> members);
    }

    private <K extends Comparable<K>> List<PairGroup> groups(Function<PairStats, TensorName> name,
            Function<TensorName, K> key, NewGroup<K> newGroup) {
        TreeMap<K, List<PairStats>> byKey = new TreeMap<>();
        for (PairStats tensor : tensors) {
            K of = key.apply(name.apply(tensor));
            if (of != null) {
                byKey.computeIfAbsent(of, _ -> new ArrayList<>()).add(tensor);
            }
        }
        List<PairGroup> groups = new ArrayList<>();
        byKey.forEach((of, members) -> groups.add(newGroup.of(of, members)));
        return groups;
    }
}
