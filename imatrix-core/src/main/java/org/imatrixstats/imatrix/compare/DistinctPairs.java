package org.imatrixstats.imatrix.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.ImatrixEntry;

/** The pairs of two files but for those that hold the same in both as another pair of the layer: they are computed once. */
final class DistinctPairs {
    private final List<TensorPair> distinct = new ArrayList<>();
    private final Map<TensorPair, Integer> numbers = new HashMap<>();

    /** The first entries in both files that hold what a pair holds. */
    private record Input(ImatrixEntry a, ImatrixEntry b) {
    }

    DistinctPairs(Pairing pairing, ContentDigest contentsOfA, ContentDigest contentsOfB) {
        Map<Input, Integer> inputs = new HashMap<>();
        for (TensorPair pair : pairing.pairs()) {
            Input input = new Input(contentsOfA.firstOf(pair.a()), contentsOfB.firstOf(pair.b()));
            numbers.put(pair, inputs.computeIfAbsent(input, _ -> {
                distinct.add(pair);
                return distinct.size() - 1;
            }));
        }
    }

    int size() {
        return distinct.size();
    }

    TensorPair get(int number) {
        return distinct.get(number);
    }

    /** The number of the distinct pair that holds what a pair holds. */
    int numberOf(TensorPair pair) {
        return numbers.get(pair);
    }

    long mostElements() {
        return distinct.stream().mapToLong(TensorPair::elements).max().orElse(0);
    }
}
