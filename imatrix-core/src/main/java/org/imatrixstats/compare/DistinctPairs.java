package org.imatrixstats.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.tensor.TensorName;

/**
 * The pairs of two files that are to be compared. Those that hold the same in both files as another pair of the layer are
 * computed once.
 */
public final class DistinctPairs {
    private final Pairing pairing;
    private final List<TensorPair> distinct = new ArrayList<>();
    private final Map<TensorPair, Integer> numbers = new LinkedHashMap<>();

    /** The first entries in both files that hold what a pair holds. */
    private record Input(ImatrixEntry a, ImatrixEntry b) {
        // Those of a record are classes that the JVM makes at each start.

        @Override
        public boolean equals(Object other) {
            return other instanceof Input input && a.equals(input.a) && b.equals(input.b);
        }

        @Override
        public int hashCode() {
            return 31 * a.hashCode() + b.hashCode();
        }
    }

    /** @param selection which tensors are to be compared */
    public DistinctPairs(Pairing pairing, SharedInputs inputsOfA, SharedInputs inputsOfB,
            Predicate<TensorName> selection) {
        this.pairing = pairing;
        Map<Input, TensorPair> firsts = new HashMap<>();
        Map<TensorPair, Integer> numbersOfFirsts = new HashMap<>();
        for (TensorPair pair : pairing.pairs()) {
            TensorPair first = firsts.computeIfAbsent(
                    new Input(inputsOfA.firstOf(pair.a()), inputsOfB.firstOf(pair.b())), _ -> pair);
            if (selection.test(pair.name())) {
                numbers.put(pair, numbersOfFirsts.computeIfAbsent(first, _ -> {
                    distinct.add(first);
                    return distinct.size() - 1;
                }));
            }
        }
    }

    Pairing pairing() {
        return pairing;
    }

    /** All that are to be compared, in the order of the pairing. */
    List<TensorPair> selected() {
        return List.copyOf(numbers.keySet());
    }

    /** Those that hold what no earlier one does. */
    List<TensorPair> distinct() {
        return List.copyOf(distinct);
    }

    /** The number of the distinct pair that holds what a pair holds. */
    int numberOf(TensorPair pair) {
        return numbers.get(pair);
    }

    /** Values of A that have to be looked at. */
    public long values() {
        return distinct.stream().mapToLong(pair -> pair.a().size()).sum();
    }
}
