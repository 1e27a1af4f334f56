package org.imatrixstats.recipe;

import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

import org.imatrixstats.error.TensorError;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.plan.Dialect;

/**
 * E of each tensor in each type, measured on the model.
 *
 * @param source where the figures are from
 * @param values by tensor and type
 */
public record TensorErrors(String source, Map<String, Map<GgmlType, Double>> values) {
    /** What was measured just now, or before. */
    public static TensorErrors of(String source, List<TensorError> errors) {
        Map<String, Map<GgmlType, Double>> values = new HashMap<>();
        errors.stream().filter(error -> error.expert() < 0 && Double.isFinite(error.relativeError()))
                .forEach(error -> values.computeIfAbsent(error.tensor().name(), _ -> new EnumMap<>(GgmlType.class))
                        .put(error.type(), error.relativeError()));
        return new TensorErrors(source, values);
    }

    /**
     * Reads what {@code imatrix-stats error} wrote as CSV. Rows of single experts are passed over.
     *
     * @throws IOException if the file is not such a table
     */
    public static TensorErrors read(ByteSource file, Dialect dialect) throws IOException {
        Map<String, Map<GgmlType, Double>> values = new HashMap<>();
        for (ErrorRows.Row row : ErrorRows.read(file, dialect).rows()) {
            values.computeIfAbsent(row.tensor(), _ -> new EnumMap<>(GgmlType.class)).put(row.type(), row.error());
        }
        return new TensorErrors(file.name(), values);
    }

    /** E of a tensor in a type; empty if it was not measured. Types that interleave rows have that of what they pack. */
    OptionalDouble of(String tensor, GgmlType type) {
        Map<GgmlType, Double> of = values.getOrDefault(tensor, Map.of());
        Double value = of.containsKey(type) ? of.get(type) : of.get(type.packed());
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
