package org.imatrixstats.recipe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import org.imatrixstats.csv.Csv;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;

/**
 * Losses that were measured by quantizing tensors one by one, in place of importance and elements.
 *
 * @param file      where they are from
 * @param perTensor a loss per tensor in a type that nobody named, to be scaled by D(type); empty if types are known
 * @param perType   a loss per tensor and type; empty if types are not known
 * @param groups    tensors that were changed together
 * @param warnings  what was done to figures that cannot be taken as they are
 */
public record Sensitivity(String file, Map<String, Double> perTensor, Map<String, Map<GgmlType, Double>> perType,
        List<Group> groups, List<String> warnings) {
    /** Noise makes figures this little negative. */
    private static final double NOISE = 1e-5;
    private static final List<String> VALUES = List.of("kld", "value");
    private static final List<String> ERRORS = List.of("kld_error", "stderr");

    /**
     * Tensors that were changed together.
     *
     * @param types what each was quantized to
     * @param loss  of all of them
     */
    public record Group(Map<String, GgmlType> types, double loss) {
    }

    /**
     * Reads what {@code measure} wrote, or a table with the columns {@code tensor}, {@code value} (or {@code kld}) and perhaps
     * {@code type}. Other columns are passed over.
     *
     * @param measuredIn the type that all were measured in, where no column says it
     * @throws IOException if the file is not such a table or names a type that the dialect does not have
     */
    public static Sensitivity read(ByteSource file, Dialect dialect, Optional<GgmlType> measuredIn)
            throws IOException {
        return new Reader(Csv.read(file), dialect, measuredIn).read();
    }

    private static final class Reader {
        private final Csv csv;
        private final Dialect dialect;
        private final Optional<GgmlType> measuredIn;
        private final String valueColumn;
        private final Map<String, Double> perTensor = new HashMap<>();
        private final Map<String, Map<GgmlType, Double>> perType = new HashMap<>();
        private final Map<String, Group> groups = new LinkedHashMap<>();
        private int raised;
        private int undefined;

        Reader(Csv csv, Dialect dialect, Optional<GgmlType> measuredIn) throws FormatException {
            this.csv = csv;
            this.dialect = dialect;
            this.measuredIn = measuredIn;
            this.valueColumn = VALUES.stream().filter(csv::has).findFirst().orElse(null);
            if (valueColumn == null || !csv.has("tensor")) {
                throw csv.unexpectedColumns("tensor,value or tensor,type,value, or what 'measure' writes");
            }
        }

        Sensitivity read() throws IOException {
            for (Csv.Row row : csv.rows()) {
                if (csv.text(row, valueColumn).isEmpty()) {
                    undefined++;
                } else {
                    add(row, value(row));
                }
            }
            List<String> warnings = new ArrayList<>();
            if (raised > 0) {
                warnings.add(csv.file() + ": " + raised + (raised == 1 ? " loss is" : " losses are")
                        + " not above 0, which is noise: raised to "
                        + (error() == null ? "0" : "the standard error"));
            }
            if (undefined > 0) {
                warnings.add(csv.file() + ": " + undefined + (undefined == 1 ? " loss is" : " losses are")
                        + " undefined and passed over");
            }
            return new Sensitivity(csv.file(), perTensor, perType, List.copyOf(groups.values()), warnings);
        }

        private String error() {
            return ERRORS.stream().filter(csv::has).findFirst().orElse(null);
        }

        private double value(Csv.Row row) throws FormatException {
            double value = csv.number(row, valueColumn);
            double error = error() == null || csv.text(row, error()).isEmpty() ? 0 : csv.value(row, error());
            if (value < -Math.max(NOISE, 4 * error)) {
                // Says what is expected.
                csv.value(row, valueColumn);
            }
            if (value < 0 || value == 0 && error > 0) {
                raised++;
                return error;
            }
            return value;
        }

        private void add(Csv.Row row, double value) throws IOException {
            String tensor = csv.text(row, "tensor");
            GgmlType type = csv.has("type")
                    ? Distortion.type(csv, row, dialect)
                    : measuredIn.orElse(null);
            boolean together = type != null && csv.has("group") && csv.has("tensors")
                    && csv.count(row, "tensors") > 1;
            Object before = null;
            if (together) {
                before = groups.computeIfAbsent(csv.text(row, "group"),
                        _ -> new Group(new HashMap<>(), value)).types.put(tensor, type);
            } else if (type == null) {
                before = perTensor.put(tensor, value);
            } else {
                before = perType.computeIfAbsent(tensor, _ -> new EnumMap<>(GgmlType.class)).put(type, value);
            }
            if (before != null) {
                throw csv.fault(row, "a second value for " + tensor + (type != null && csv.has("type")
                        ? " in " + csv.text(row, "type")
                        : ""));
            }
        }
    }

    /** A sentence about the tensors that the model does not have, if there are any. */
    public List<String> unknown(Model model) {
        Set<String> names = new TreeSet<>(perTensor.keySet());
        names.addAll(perType.keySet());
        groups.forEach(group -> names.addAll(group.types.keySet()));
        model.tensors().forEach(tensor -> names.remove(tensor.name()));
        return names.isEmpty()
                ? List.of()
                : List.of(file + ": " + names.size() + " of its tensors are not in " + model.name() + ", such as "
                        + names.iterator().next());
    }

    /** Whether each tensor was measured in one type that is known: others are scaled from that one. */
    public boolean isOfOneType() {
        return perTensor.isEmpty() && perType.values().stream().allMatch(losses -> losses.size() == 1);
    }

    /**
     * How much each tensor that was measured costs by E: s = loss / E(type it was measured in). Tensors of a group share the s
     * with which their losses add up to that of the group. A tensor without a known E has none.
     *
     * @param error E of a tensor in a type; NaN if it is not known
     */
    public Map<String, Double> scales(ToDoubleBiFunction<String, GgmlType> error) {
        Map<String, Double> scales = new HashMap<>();
        perType.forEach((tensor, losses) -> losses.forEach((type, loss) -> put(scales, tensor,
                loss / error.applyAsDouble(tensor, type))));
        for (Group group : groups) {
            double sum = group.types.entrySet().stream()
                    .mapToDouble(each -> error.applyAsDouble(each.getKey(), each.getValue())).sum();
            group.types.keySet().forEach(tensor -> put(scales, tensor, group.loss / sum));
        }
        return scales;
    }

    private static void put(Map<String, Double> scales, String tensor, double scale) {
        if (Double.isFinite(scale)) {
            scales.put(tensor, scale);
        }
    }

    /** The types that tensors were measured in, the smallest first; none if losses are per tensor. */
    public List<GgmlType> types() {
        return Stream
                .concat(perType.values().stream().flatMap(losses -> losses.keySet().stream()),
                        groups.stream().flatMap(group -> group.types.values().stream()))
                .distinct()
                .sorted(Comparator.comparingDouble(Ladder::bitsPerWeight).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** Whether anything was measured for the tensor. */
    boolean knows(String tensor) {
        return perTensor.containsKey(tensor) || perType.containsKey(tensor);
    }

    /**
     * The loss of a tensor in a type; NaN if it is not known. A type that was not measured is scaled from the one of the
     * nearest size that was.
     *
     * @param relative E or D of the tensor by type
     */
    double loss(String tensor, GgmlType type, ToDoubleFunction<GgmlType> relative) {
        if (perType.isEmpty()) {
            return perTensor.getOrDefault(tensor, Double.NaN) * relative.applyAsDouble(type);
        }
        Map<GgmlType, Double> known = perType.getOrDefault(tensor, Map.of());
        if (known.containsKey(type)) {
            return known.get(type);
        }
        return known.keySet().stream()
                .min(Comparator.comparingDouble(
                        each -> Math.abs(Ladder.bitsPerWeight(each) - Ladder.bitsPerWeight(type))))
                .map(nearest -> known.get(nearest) * relative.applyAsDouble(type) / relative.applyAsDouble(nearest))
                .orElse(Double.NaN);
    }
}
