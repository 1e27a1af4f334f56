package org.imatrixstats.recipe;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.imatrixstats.csv.Csv;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;

/**
 * Losses that were measured by quantizing tensors one by one, in place of importance and elements.
 *
 * @param file      where they are from
 * @param perTensor a loss per tensor, to be scaled by D(type); empty if they are per tensor and type
 * @param perType   a loss per tensor and type, taken as it is; empty if they are per tensor
 */
public record Sensitivity(String file, Map<String, Double> perTensor, Map<String, Map<GgmlType, Double>> perType) {
    /**
     * Reads a table with the columns {@code tensor,value} or {@code tensor,type,value}.
     *
     * @throws IOException if the file is no such table or names a type that the dialect does not have
     */
    public static Sensitivity read(ByteSource file, Dialect dialect) throws IOException {
        Csv csv = Csv.read(file);
        boolean typed = csv.has("type");
        csv.require(typed ? List.of("tensor", "type", "value") : List.of("tensor", "value"));
        Map<String, Double> perTensor = new HashMap<>();
        Map<String, Map<GgmlType, Double>> perType = new HashMap<>();
        for (Csv.Row row : csv.rows()) {
            String tensor = csv.text(row, "tensor");
            double value = csv.value(row, "value");
            Double before = typed
                    ? perType.computeIfAbsent(tensor, _ -> new HashMap<>()).put(Distortion.type(csv, row, dialect),
                            value)
                    : perTensor.put(tensor, value);
            if (before != null) {
                throw csv.fault(row, "a second value for " + tensor + (typed ? " in " + csv.text(row, "type") : ""));
            }
        }
        return new Sensitivity(file.name(), perTensor, perType);
    }

    /** A sentence about the tensors that the model does not have, if there are any. */
    public List<String> unknown(Model model) {
        Set<String> names = new TreeSet<>(perTensor.keySet());
        names.addAll(perType.keySet());
        model.tensors().forEach(tensor -> names.remove(tensor.name()));
        return names.isEmpty()
                ? List.of()
                : List.of(file + ": " + names.size() + " of its tensors are not in " + model.name() + ", such as "
                        + names.iterator().next());
    }

    /** The types that tensors were measured in, the smallest first; none if losses are per tensor. */
    List<GgmlType> types() {
        return perType.values().stream().flatMap(losses -> losses.keySet().stream()).distinct()
                .sorted(Comparator.comparingDouble(Ladder::bitsPerWeight).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** Whether anything was measured for the tensor. */
    boolean knows(String tensor) {
        return perTensor.containsKey(tensor) || perType.containsKey(tensor);
    }

    /** The loss of a tensor in a type; NaN if it is not known. */
    double loss(String tensor, GgmlType type, double distortion) {
        return perType.isEmpty()
                ? perTensor.getOrDefault(tensor, Double.NaN) * distortion
                : perType.getOrDefault(tensor, Map.of()).getOrDefault(type, Double.NaN);
    }
}
