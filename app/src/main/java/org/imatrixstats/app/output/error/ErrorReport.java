package org.imatrixstats.app.output.error;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.error.ErrorPlan;
import org.imatrixstats.error.TensorError;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.recipe.Distortion;

/**
 * Measured errors.
 *
 * @param plan   the measurement
 * @param errors in the order of the model; an error of a whole tensor follows those of its experts
 */
public record ErrorReport(ErrorPlan plan, List<TensorError> errors) {
    private static final double PERCENT = 100;

    /** What a measurement is going to read, in one line. */
    public static String announcement(ErrorPlan plan) {
        long types = plan.items().stream().flatMap(item -> item.types().stream()).distinct().count();
        return "measuring " + Numbers.count(plan.items().size(), "tensor") + " in " + Numbers.count(types, "type")
                + ", " + rows(plan);
    }

    /** What a reader of the figures has to know of the inputs, one line each. */
    public static List<String> notes(ErrorPlan plan) {
        List<String> notes = new ArrayList<>();
        long quantized = plan.items().stream().filter(item -> isQuantized(item.tensor().ggmlType())).count();
        if (quantized > 0) {
            notes.add(Numbers.count(quantized, "tensor") + " of the model "
                    + (quantized == 1
                            ? "is quantized already: its errors are"
                            : "are quantized already: their errors are")
                    + " against the dequantized values");
        }
        long silent = plan.items().stream().filter(item -> item.shares().contains(0.0)).count();
        if (silent > 0) {
            notes.add(Numbers.count(silent, "tensor") + (silent == 1 ? " has" : " have")
                    + " experts without data, which count with 0 in E");
        }
        return notes;
    }

    private static String rows(ErrorPlan plan) {
        double share = plan.shareOfRows();
        return share == 1
                ? "all rows"
                : Numbers.fixed(PERCENT * share, share < 0.1 ? 2 : 1) + "% of the rows (--full reads all)";
    }

    /** What was measured and how, one line each. */
    List<String> summary() {
        List<String> lines = new ArrayList<>();
        ErrorPlan.Inputs inputs = plan.inputs();
        lines.add(
                Numbers.count(plan.items().size(), "tensor") + " in " + Numbers.count(types().size(), "type") + " of "
                        + inputs.program()
                        + ", " + rows(plan));
        lines.add(inputs.imatrix().isEmpty()
                ? "no importance matrix: all columns count alike"
                : "importance matrix " + inputs.imatrix());
        lines.addAll(notes(plan));
        return lines;
    }

    private static boolean isQuantized(GgmlType type) {
        return type != GgmlType.F32 && type != GgmlType.F16 && type != GgmlType.BF16 && type != GgmlType.F64;
    }

    /** All types, the smallest first. */
    List<GgmlType> types() {
        return plan.items().stream().flatMap(item -> item.types().stream()).distinct().sorted(ErrorGrid::bySize)
                .toList();
    }

    /** The name of what an error is of. */
    static String name(TensorError error) {
        return error.tensor().name() + (error.expert() < 0 ? "" : " expert " + error.expert());
    }

    /** Errors of whole tensors. */
    List<TensorError> ofTensors() {
        return errors.stream().filter(error -> error.expert() < 0).toList();
    }

    /** How many times the error of normal weights a tensor has in a type; empty where that is not known. */
    Optional<Double> harder(TensorError error) {
        Dialect dialect = Dialects.all().stream().filter(each -> each.name().equals(plan.inputs().program()))
                .findFirst()
                .orElseThrow();
        boolean entry = plan.items().stream().anyMatch(item -> item.tensor().equals(error.tensor()) && item.entry());
        double gaussian = Distortion.measured(dialect).of(error.type(), entry);
        double times = error.relativeError() / gaussian;
        return Double.isFinite(times) ? Optional.of(times) : Optional.empty();
    }
}
