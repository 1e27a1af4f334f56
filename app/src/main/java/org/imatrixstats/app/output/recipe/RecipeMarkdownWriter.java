package org.imatrixstats.app.output.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.recipe.KindTotals;
import org.imatrixstats.tensor.TensorName;

/** A table for a model card. */
final class RecipeMarkdownWriter {
    private final RecipeReport report;
    private final Markdown markdown = new Markdown();

    /** Tensors of a kind that get one type. */
    private record Row(String kind, String layers, String type, List<PlannedTensor> tensors) {
        long bytes() {
            return tensors.stream().mapToLong(PlannedTensor::bytes).sum();
        }

        long elements() {
            return tensors.stream().mapToLong(tensor -> tensor.source().elements()).sum();
        }
    }

    RecipeMarkdownWriter(RecipeReport report) {
        this.report = report;
    }

    String text() {
        report.sized().ifPresentOrElse(this::add, () -> add(report.ranked().orElseThrow()));
        report.caveats().forEach(markdown::paragraph);
        return markdown.text();
    }

    private void add(RecipeReport.Sized sized) {
        Plan plan = sized.recipe().plan();
        markdown.paragraph(RecipeText.size(plan) + " with " + report.dialect() + ".");
        markdown.paragraph(RecipeWorth.capital(RecipeWorth.quality(sized)) + ".");
        sized.versus().ifPresent(other -> markdown.paragraph(RecipeWorth.versus(sized, other) + "."));
        List<Row> rows = new ArrayList<>();
        for (KindTotals kind : sized.kinds()) {
            for (Map.Entry<GgmlType, List<TensorName>> entry : kind.tensors().entrySet()) {
                rows.add(new Row(kind.kind(), RecipeText.layers(entry.getValue()),
                        report.dialect().nameOf(entry.getKey()),
                        entry.getValue().stream().map(name -> plan.tensor(name.name())).toList()));
            }
        }
        rows.add(new Row("not quantized", "", "",
                plan.tensors().stream().filter(tensor -> !tensor.quantized()).toList()));
        rows.add(new Row("all", "", "", plan.tensors()));
        rows.removeIf(row -> row.tensors.isEmpty());
        List<TextColumn> columns = new ArrayList<>(columns(rows));
        columns.add(numbers("bytes", rows.stream().map(row -> Numbers.grouped(row.bytes()))));
        columns.add(numbers("bpw", rows.stream().map(row -> Numbers.fixed(row.bytes() * 8.0 / row.elements(), 4))));
        markdown.add(new TextTable("", columns));
        sized.measured().map(each -> new MeasuredTable(sized, each)).ifPresent(measured -> {
            if (!measured.isEmpty()) {
                markdown.add(measured.table());
            }
            measured.notes().forEach(note -> markdown.paragraph(note + "."));
        });
    }

    private void add(RecipeReport.Ranked ranked) {
        markdown.paragraph("Base " + report.base() + " with " + report.dialect() + ".");
        String type = report.dialect().nameOf(ranked.promotion().type());
        markdown.add(new TextTable("", columns(ranked.promotion().tensors().stream()
                .collect(Collectors.groupingBy(TensorName::kind, Collectors.toList())).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(kind -> new Row(kind.getKey(), RecipeText.layers(kind.getValue()), type, List.of())).toList())));
    }

    private static List<TextColumn> columns(List<Row> rows) {
        return List.of(new TextColumn("kind", rows.stream().map(Row::kind).toList(), true, 0),
                new TextColumn("layers", rows.stream().map(Row::layers).toList(), true, 0),
                new TextColumn("type", rows.stream().map(Row::type).toList(), true, 0));
    }

    private static TextColumn numbers(String header, Stream<String> cells) {
        return new TextColumn(header, cells.toList(), false, 0);
    }
}
