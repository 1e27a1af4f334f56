package org.imatrixstats.app.output.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Ranges;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor.Cause;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.tensor.TensorName;

/**
 * Tensors that share a row: those of one kind and shape that get one type for one reason.
 *
 * @param name    the kind, or the name of the only tensor
 * @param tensors at least one
 */
record PlanRow(String name, List<PlannedTensor> tensors, Dialect dialect) {
    private static final double MIB = 1024 * 1024;
    private static final String UNTOUCHED = "others";

    /** Rows for all tensors: without a layer first, tensors that are never quantized last. */
    static List<PlanRow> of(Plan plan, boolean all) {
        Dialect dialect = plan.dialect();
        if (all) {
            return plan.tensors().stream().map(tensor -> new PlanRow(tensor.name(), List.of(tensor), dialect)).toList();
        }
        Map<String, Map<String, List<PlannedTensor>>> kinds = new LinkedHashMap<>();
        Map<GgmlType, List<PlannedTensor>> untouched = new LinkedHashMap<>();
        for (PlannedTensor tensor : plan.tensors()) {
            if (tensor.cause() == Cause.KEPT) {
                untouched.computeIfAbsent(tensor.type(), _ -> new ArrayList<>()).add(tensor);
            } else {
                kinds.computeIfAbsent(TensorName.of(tensor.name()).kind(), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(treatment(tensor), _ -> new ArrayList<>()).add(tensor);
            }
        }
        List<PlanRow> rows = new ArrayList<>();
        kinds.forEach(
                (kind, alike) -> alike.values().forEach(tensors -> rows.add(new PlanRow(kind, tensors, dialect))));
        untouched.values().forEach(tensors -> rows.add(new PlanRow(UNTOUCHED, tensors, dialect)));
        return rows;
    }

    /** What tensors of a kind have in common that share a row. */
    private static String treatment(PlannedTensor tensor) {
        return tensor.source().dims() + " " + tensor.source().ggmlType() + " " + tensor.type() + " " + tensor.wanted()
                + " "
                + tensor.cause() + " " + tensor.option() + " "
                + (tensor.rule() == null ? "" : tensor.rule().text());
    }

    private boolean isUntouched() {
        return name.equals(UNTOUCHED);
    }

    private PlannedTensor first() {
        return tensors.getFirst();
    }

    private long bytes() {
        return tensors.stream().mapToLong(PlannedTensor::bytes).sum();
    }

    double mib() {
        return bytes() / MIB;
    }

    double bitsPerWeight() {
        return 8.0 * bytes() / tensors.stream().mapToLong(tensor -> tensor.source().elements()).sum();
    }

    String from() {
        return dialect.nameOf(first().source().ggmlType());
    }

    String to() {
        return dialect.nameOf(first().type());
    }

    /** Null for tensors without layers. */
    String layers() {
        SortedSet<Integer> layers = new TreeSet<>();
        tensors.stream().map(tensor -> TensorName.of(tensor.name())).filter(TensorName::hasLayer)
                .forEach(tensor -> layers.add(tensor.layer()));
        return layers.isEmpty() || isUntouched() ? null : Ranges.of(layers);
    }

    /** Null for tensors of several shapes. */
    String shape() {
        return isUntouched()
                ? null
                : first().source().dims().stream().map(String::valueOf).collect(Collectors.joining(" × "));
    }

    String why() {
        String cause = switch (first().cause()) {
            case KEPT -> "never quantized";
            case BASE -> "base";
            case MIX -> "mix";
            case RULE -> first().rule().text();
            case OPTION -> first().option().toString();
        };
        return cause + (first().type() == first().wanted()
                ? ""
                : ", no " + dialect.nameOf(first().wanted()) + ": "
                        + (first().fallback() ? "rows of " + first().source().ne0() : "not by rows"));
    }
}
