package org.imatrixstats.stats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.io.Count;
import org.imatrixstats.tensor.TensorName;

/**
 * How many experts the tensors of a file have, where the file stores one count for all of them, as legacy files do.
 *
 * <p>The router {@code ffn_gate_inp} of a layer and its {@code ffn_gate_exps} and {@code ffn_up_exps} share their input:
 * their sizes differ by the number of experts. {@code ffn_down_exps} has as many. A tensor that is not named {@code *_exps}
 * has no experts.
 */
public final class ExpertCounts {
    private static final String ROUTER = "ffn_gate_inp";
    private static final List<String> INPUT_SIDE = List.of("ffn_gate_exps", "ffn_up_exps", "ffn_gate_up_exps");

    private final Map<String, ImatrixEntry> entries;
    private final OptionalInt given;
    private final Map<String, OptionalInt> byLayer = new HashMap<>();
    private final Set<Integer> inferred = new TreeSet<>();
    private final List<String> unknown = new ArrayList<>();

    /** @param given the number that the user gave; empty to infer it */
    public ExpertCounts(Imatrix imatrix, OptionalInt given) {
        this.entries = imatrix.entries();
        this.given = given;
    }

    /** Experts of an entry: 1 for a tensor without experts; empty if nothing tells. */
    public OptionalInt of(ImatrixEntry entry) {
        TensorName name = entry.name();
        if (entry.experts() > 1) {
            return OptionalInt.of(entry.experts());
        }
        if (!name.isOfExperts()) {
            return OptionalInt.of(1);
        }
        OptionalInt experts = given.isPresent() ? given : inferred(name);
        if (experts.isEmpty() || entry.size() % experts.getAsInt() != 0) {
            unknown.add(name.name());
            return OptionalInt.empty();
        }
        inferred.add(experts.getAsInt());
        return experts;
    }

    /** What was done for the entries asked for so far. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!inferred.isEmpty()) {
            String numbers = inferred.stream().map(String::valueOf).collect(Collectors.joining(" or "));
            notes.add("the file does not store how many experts there are: " + numbers
                    + (given.isPresent() ? ", as given" : ", inferred from the sizes of ffn_gate_inp and ffn_*_exps"));
        }
        if (!unknown.isEmpty()) {
            notes.add("the file does not store how many experts there are, and "
                    + (given.isPresent()
                            ? given.getAsInt() + ", as given, does not divide"
                            : "it could not be inferred for")
                    + " " + Count.of(unknown.size(), "tensor") + ", such as " + unknown.getFirst());
        }
        return notes;
    }

    private OptionalInt inferred(TensorName name) {
        return name.hasLayer()
                ? byLayer.computeIfAbsent(name.sibling(""), this::inferredInLayer)
                : OptionalInt.empty();
    }

    private OptionalInt inferredInLayer(String prefix) {
        ImatrixEntry router = entries.get(prefix + ROUTER + ".weight");
        for (String kind : INPUT_SIDE) {
            ImatrixEntry input = entries.get(prefix + kind + ".weight");
            if (router != null && router.size() > 0 && input != null && input.size() > 0
                    && input.size() % router.size() == 0) {
                return OptionalInt.of((int) Math.min(Integer.MAX_VALUE, input.size() / router.size()));
            }
        }
        return OptionalInt.empty();
    }
}
