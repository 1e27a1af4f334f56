package org.imatrixstats.app.output.inspect;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.model.GgufModelFile;

/** Models in the Markdown that GitHub renders. */
final class InspectMarkdown implements InspectWriter {
    private final boolean all;
    private final StringBuilder text = new StringBuilder();

    InspectMarkdown(boolean all) {
        this.all = all;
    }

    @Override
    public void add(InspectReport report) throws IOException {
        text.append(text.isEmpty() ? "" : "\n").append("## ").append(Markdown.escaped(report.name()))
                .append("\n\n");
        for (InspectSummary.Line line : InspectSummary.lines(report)) {
            text.append("* **").append(line.label()).append("**: ").append(Markdown.escaped(line.text())).append("\n");
        }
        InspectSummary.warnings(report).forEach(
                warning -> text.append("\n**Warning:** ").append(Markdown.escaped(warning)).append("\n"));
        if (report.keys() && report.model() instanceof GgufModelFile gguf) {
            table(List.of("key", "type", "value"), MetadataRow.of(gguf.metadata()).stream()
                    .map(row -> List.of(row.key(), row.type(), row.shown())).toList());
        }
        if (!report.rows().isEmpty()) {
            TensorTable tensors = TensorTable.of(report, all);
            table(tensors.headers(), tensors.rows());
        }
    }

    private void table(List<String> headers, List<List<String>> rows) {
        text.append("\n").append(line(headers.stream()))
                .append(line(headers.stream().map(header -> TensorTable.isNumber(header) ? "--:" : ":--")));
        rows.forEach(row -> text.append(line(row.stream().map(Markdown::escaped))));
    }

    private static String line(Stream<String> cells) {
        return cells.collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    @Override
    public String text() {
        return text.toString();
    }
}
