package org.imatrixstats.app.output.recipe;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.recipe.KindTotals;
import org.imatrixstats.tensor.TensorName;

/** A table for a model card. */
final class RecipeMarkdownWriter {
    private final RecipeReport report;
    private final StringBuilder text = new StringBuilder();

    RecipeMarkdownWriter(RecipeReport report) {
        this.report = report;
    }

    String text() {
        report.sized().ifPresentOrElse(this::add, () -> add(report.ranked().orElseThrow()));
        text.append('\n');
        report.caveats().forEach(caveat -> text.append(Markdown.escaped(caveat)).append('\n'));
        return text.toString();
    }

    private void add(RecipeReport.Sized sized) {
        Plan plan = sized.recipe().plan();
        text.append(RecipeText.size(plan)).append(" with ").append(report.dialect()).append(".\n\n");
        line(Stream.of("kind", "layers", "type", "bytes", "bpw"));
        line(Stream.of(":--", ":--", ":--", "--:", "--:"));
        for (KindTotals kind : sized.kinds()) {
            for (Map.Entry<GgmlType, List<TensorName>> entry : kind.tensors().entrySet()) {
                List<PlannedTensor> tensors = entry.getValue().stream().map(name -> plan.tensor(name.name())).toList();
                row(kind.kind(), RecipeText.layers(entry.getValue()), report.dialect().nameOf(entry.getKey()), tensors);
            }
        }
        row("not quantized", "", "", plan.tensors().stream().filter(tensor -> !tensor.quantized()).toList());
        row("all", "", "", plan.tensors());
    }

    private void row(String kind, String layers, String type, List<PlannedTensor> tensors) {
        long bytes = tensors.stream().mapToLong(PlannedTensor::bytes).sum();
        long elements = tensors.stream().mapToLong(tensor -> tensor.source().elements()).sum();
        if (!tensors.isEmpty()) {
            line(Stream.of(kind, layers, type, Numbers.grouped(bytes), Numbers.fixed(bytes * 8.0 / elements, 4))
                    .map(Markdown::escaped));
        }
    }

    private void add(RecipeReport.Ranked ranked) {
        text.append("Base ").append(report.base()).append(" with ").append(report.dialect()).append(".\n\n");
        line(Stream.of("kind", "layers", "type"));
        line(Stream.of(":--", ":--", ":--"));
        ranked.promotion().tensors().stream().collect(Collectors.groupingBy(TensorName::kind, Collectors.toList()))
                .entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(entry -> line(Stream.of(entry.getKey(), RecipeText.layers(entry.getValue()),
                        report.dialect().nameOf(ranked.promotion().type())).map(Markdown::escaped)));
    }

    private void line(Stream<String> cells) {
        text.append(cells.collect(Collectors.joining(" | ", "| ", " |\n")));
    }
}
