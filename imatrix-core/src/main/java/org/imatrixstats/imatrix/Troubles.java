package org.imatrixstats.imatrix;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.imatrixstats.tensor.TensorName;

/** What is wrong with several tensors, in few words. */
public final class Troubles {
    private Troubles() {
    }

    /**
     * A sentence per sort of trouble, with the first tensor that has it.
     *
     * @param trouble of a tensor; null if there is none
     */
    public static <T> List<String> warnings(List<T> tensors, Function<T, TensorName> name,
            Function<T, String> trouble) {
        Map<String, List<TensorName>> troubles = new LinkedHashMap<>();
        for (T tensor : tensors) {
            String found = trouble.apply(tensor);
            if (found != null) {
                troubles.computeIfAbsent(found, _ -> new ArrayList<>()).add(name.apply(tensor));
            }
        }
        List<String> warnings = new ArrayList<>();
        troubles.forEach((found, names) -> warnings.add("tensor '" + names.getFirst() + "'"
                + (names.size() > 1 ? " and " + (names.size() - 1) + " more" : "") + ": " + found));
        return warnings;
    }
}
