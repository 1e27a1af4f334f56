package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.imatrixstats.imatrix.TensorName;
import org.imatrixstats.imatrix.check.Ranges;
import org.imatrixstats.imatrix.quantize.Dialect;
import org.imatrixstats.imatrix.quantize.Plan;
import org.imatrixstats.imatrix.quantize.PlannedTensor;
import org.imatrixstats.imatrix.quantize.PlannedTensor.Cause;

/**
 * Tensors that share a row: those of one kind and shape that get one type for one reason.
 *
 * @param name    the kind, or the name of the only tensor
 * @param tensors at least one
 */
record PlanRow(String name, List<PlannedTensor> tensors) {
    private static final List<String> HEADERS = List.of("tensor", "layers", "count", "shape", "from", "to", "MiB",
            "bpw", "why");
    private static final double MIB = 1024 * 1024;
    private static final String UNTOUCHED = "others";

    /** The headers of {@link #cells}. */
    static List<String> headers() {
        return HEADERS;
    }

    /** Rows for all tensors: without a layer first, tensors that are never quantized last. */
    static List<PlanRow> of(Plan plan, boolean all) {
        if (all) {
            return plan.tensors().stream().map(tensor -> new PlanRow(tensor.name(), List.of(tensor))).toList();
        }
        Map<List<Object>, List<PlannedTensor>> groups = new LinkedHashMap<>();
        for (PlannedTensor tensor : plan.tensors()) {
            groups.computeIfAbsent(key(tensor), _ -> new ArrayList<>()).add(tensor);
        }
        List<PlanRow> rows = new ArrayList<>();
        groups.forEach((key, tensors) -> rows.add(new PlanRow(key.getFirst().toString(), tensors)));
        Map<String, Integer> kinds = new LinkedHashMap<>();
        rows.forEach(row -> kinds.putIfAbsent(row.name, kinds.size()));
        rows.sort((a, b) -> Boolean.compare(a.isUntouched(), b.isUntouched()) != 0
                ? Boolean.compare(a.isUntouched(), b.isUntouched())
                : kinds.get(a.name) - kinds.get(b.name));
        return rows;
    }

    private static List<Object> key(PlannedTensor tensor) {
        return tensor.cause() == Cause.KEPT
                ? List.of(UNTOUCHED, tensor.type())
                : List.of(TensorName.of(tensor.name()).kind(), tensor.source().dims(), tensor.source().type(),
                        tensor.type(), tensor.wanted(), tensor.cause(),
                        tensor.rule() == null ? "" : tensor.rule().text(), String.valueOf(tensor.option()));
    }

    private boolean isUntouched() {
        return name.equals(UNTOUCHED);
    }

    private PlannedTensor first() {
        return tensors.getFirst();
    }

    long bytes() {
        return tensors.stream().mapToLong(PlannedTensor::bytes).sum();
    }

    /** Undefined cells are "-". */
    List<String> cells(Dialect dialect) {
        long elements = tensors.stream().mapToLong(tensor -> tensor.source().elements()).sum();
        return List.of(name, layers(), Numbers.grouped(tensors.size()), shape(),
                dialect.nameOf(first().source().type()),
                dialect.nameOf(first().type()), Numbers.fixed(bytes() / MIB, 2),
                Numbers.fixed(8.0 * bytes() / elements, 4), why(dialect));
    }

    private String layers() {
        SortedSet<Integer> layers = new TreeSet<>();
        tensors.stream().map(tensor -> TensorName.of(tensor.name())).filter(TensorName::hasLayer)
                .forEach(tensor -> layers.add(tensor.layer()));
        return layers.isEmpty() || isUntouched() ? Cells.UNDEFINED : Ranges.of(layers);
    }

    private String shape() {
        return isUntouched()
                ? Cells.UNDEFINED
                : first().source().dims().stream().map(String::valueOf).collect(Collectors.joining(" × "));
    }

    private String why(Dialect dialect) {
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
