package org.imatrixstats.app.output.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;

/** A plan in a few lines. */
public final class PlanSummary {
    private static final double MIB = 1024 * 1024;

    private PlanSummary() {
    }

    /** The size of all tensors. */
    public static String size(Plan plan) {
        double mib = plan.quantMib();
        return grouped(mib) + " MiB" + (mib < 1024 ? "" : " (" + Numbers.fixed(mib / 1024, 2) + " GiB)") + ", "
                + Numbers.fixed(plan.bitsPerWeight(), 2) + " bits per weight";
    }

    private static String grouped(double mib) {
        String digits = Numbers.fixed(mib, 2);
        int point = digits.indexOf('.');
        return Numbers.grouped(Long.parseLong(digits.substring(0, point))) + digits.substring(point);
    }

    static List<String> lines(Model model, Plan plan) {
        List<String> lines = new ArrayList<>();
        long before = model.tensors().stream().mapToLong(tensor -> tensor.bytes()).sum();
        lines.add("model " + model.name());
        lines.add(model.architecture() + ", " + Numbers.count(model.layersOfAllStacks(), "layer")
                + (model.experts() > 1 ? ", " + Numbers.count(model.experts(), "expert") : "")
                + (model.hasTiedEmbeddings() ? ", tied embeddings" : "") + "; " + grouped(before / MIB)
                + " MiB, of which " + Numbers.fixed(100.0 * plan.quantBytes() / before, 1) + "% remain");
        lines.add(Numbers.count(plan.tensors().size(), "tensor") + ": " + types(plan) + "; "
                + (plan.fallbacks() == 0 ? "no" : Numbers.grouped(plan.fallbacks())) + " shape "
                + (plan.fallbacks() == 1 ? "fallback" : "fallbacks"));
        lines.add(imatrix(plan));
        return lines;
    }

    private static String imatrix(Plan plan) {
        if (!plan.needsImatrix()) {
            return "importance matrix: "
                    + (plan.options().imatrix().isPresent() ? "used, not required" : "not required");
        }
        return plan.missingImatrix().isEmpty()
                ? "importance matrix: required, all entries present"
                : "importance matrix: required, missing for " + Numbers.count(plan.missingImatrix().size(), "tensor");
    }

    private static String types(Plan plan) {
        Map<GgmlType, Long> counts = new LinkedHashMap<>();
        for (PlannedTensor tensor : plan.tensors()) {
            counts.merge(tensor.type(), 1L, Long::sum);
        }
        return counts.entrySet().stream().sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
                .map(count -> Numbers.grouped(count.getValue()) + " " + plan.dialect().nameOf(count.getKey()))
                .collect(Collectors.joining(", "));
    }
}
