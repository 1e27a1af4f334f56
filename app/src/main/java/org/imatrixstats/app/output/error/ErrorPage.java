package org.imatrixstats.app.output.error;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.recipe.Distortion;
import org.imatrixstats.recipe.ErrorRows;
import org.imatrixstats.tensor.TensorName;

import tools.jackson.core.JsonGenerator;

/** A table of errors as a page shows it: what {@code docs/schema/page-1.schema.json} calls {@code errors}, and as text. */
public final class ErrorPage {
    private static final int COLUMNS = 120;

    private final ErrorRows errors;
    private final Map<String, List<ErrorRows.Row>> tensors = new LinkedHashMap<>();
    private final ErrorGrid grid;

    public ErrorPage(ErrorRows errors) {
        this.errors = errors;
        for (ErrorRows.Row row : errors.rows()) {
            tensors.computeIfAbsent(row.tensor(), _ -> new ArrayList<>()).add(row);
        }
        this.grid = ErrorGrid.of(errors.rows().stream()
                .map(row -> new ErrorGrid.Value(row.tensor(), row.type(), row.error())).toList(), false);
    }

    /** Medians of kinds, as {@code error} prints them. */
    public String text() {
        StringBuilder text = new StringBuilder(Text.printable(errors.file())).append('\n')
                .append("  ").append(Numbers.count(tensors.size(), "tensor")).append(" in ")
                .append(Numbers.count(grid.types().size(), "type")).append(" of ").append(errors.dialect())
                .append("\n\n");
        TextTable table = grid.table(true);
        TextTable.Fit fit = TextTable.Fit.of(List.of(table), COLUMNS);
        text.append(table.header(fit)).append('\n');
        table.rows(fit).forEach(line -> text.append(line).append('\n'));
        return text.append("\n  E: weighted relative squared error, median over the tensors of a kind.\n").toString();
    }

    public String json() {
        StringWriter text = new StringWriter();
        JsonGenerator json = Json.generator(text, false);
        json.writeStartObject();
        json.writeStringProperty("file", errors.file());
        json.writeStringProperty("dialect", errors.dialect().name());
        json.writeNumberProperty("rows_read", first(ErrorRows.Row::rowsRead));
        json.writeNumberProperty("rows", first(ErrorRows.Row::rows));
        json.writeArrayPropertyStart("types");
        Distortion normal = Distortion.measured(errors.dialect());
        grid.types().forEach(type -> write(json, type, normal));
        json.writeEndArray();
        json.writeArrayPropertyStart("tensors");
        tensors.forEach((name, rows) -> write(json, name, rows));
        return Json.ended(json, text);
    }

    /** The sum over tensors. All types of a tensor have the same rows. */
    private long first(ToLongFunction<ErrorRows.Row> figure) {
        return tensors.values().stream().mapToLong(rows -> figure.applyAsLong(rows.getFirst())).sum();
    }

    private static void write(JsonGenerator json, GgmlType type, Distortion normal) {
        json.writeStartObject();
        json.writeStringProperty("type", type.ggmlName());
        json.writeNumberProperty("bits_per_weight", ErrorGrid.bitsPerWeight(type));
        write(json, "normal_weighted", normal.of(type, true));
        write(json, "normal_unweighted", normal.of(type, false));
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, List<ErrorRows.Row> rows) {
        TensorName tensor = TensorName.of(name);
        json.writeStartObject();
        json.writeStringProperty("name", name);
        if (tensor.hasLayer()) {
            json.writeNumberProperty("layer", tensor.layer());
        } else {
            json.writeNullProperty("layer");
        }
        json.writeStringProperty("kind", tensor.kind());
        json.writeBooleanProperty("weighted", rows.stream().anyMatch(ErrorRows.Row::isWeighted));
        json.writeObjectPropertyStart("relative_error");
        rows.forEach(row -> write(json, row.type().ggmlName(), row.error()));
        json.writeEndObject();
        json.writeObjectPropertyStart("standard_error");
        rows.forEach(row -> write(json, row.type().ggmlName(), row.standardError()));
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, double value) {
        if (Double.isFinite(value)) {
            json.writeNumberProperty(name, value);
        } else {
            json.writeNullProperty(name);
        }
    }
}
