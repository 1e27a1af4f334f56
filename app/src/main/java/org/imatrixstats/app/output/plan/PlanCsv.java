package org.imatrixstats.app.output.plan;

import java.util.List;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;

/** A plan as CSV: a row per tensor, with the keys of the JSON. */
final class PlanCsv {
    private static final List<String> KEYS = List.of("name", "shape", "source_type", "type", "bytes", "rule",
            "option", "fallback", "quantized");

    private PlanCsv() {
    }

    static String text(Plan plan) {
        StringBuilder text = new StringBuilder(DelimitedWriter.csvLine(KEYS));
        plan.tensors().forEach(tensor -> text.append(DelimitedWriter.csvLine(fields(plan, tensor))));
        return text.toString();
    }

    private static List<String> fields(Plan plan, PlannedTensor tensor) {
        return List.of(tensor.name(),
                tensor.source().dims().stream().map(String::valueOf).collect(Collectors.joining("x")),
                plan.dialect().nameOf(tensor.source().ggmlType()), plan.dialect().nameOf(tensor.type()),
                Long.toString(tensor.bytes()), tensor.rule() == null ? "" : tensor.rule().text(),
                tensor.option() == null ? "" : tensor.option().toString(),
                Boolean.toString(tensor.fallback()), Boolean.toString(tensor.quantized()));
    }
}
