package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.imatrix.stats.Figure;

import tools.jackson.core.JsonGenerator;

/**
 * A row as a JSON object. Columns whose keys share what stands before a dot become an object within, which is null if none
 * of them is defined.
 */
final class JsonRow<R> {
    private final Collection<List<Column<R>>> groups;

    JsonRow(List<Column<R>> columns) {
        Map<String, List<Column<R>>> byField = new LinkedHashMap<>();
        for (Column<R> column : columns) {
            String field = prefix(column) == null ? column.key() : prefix(column);
            byField.computeIfAbsent(field, _ -> new ArrayList<>()).add(column);
        }
        groups = byField.values();
    }

    private static String prefix(Column<?> column) {
        int dot = column.key().indexOf('.');
        return dot < 0 ? null : column.key().substring(0, dot);
    }

    void write(JsonGenerator json, R row) {
        json.writeStartObject();
        writeFields(json, row);
        json.writeEndObject();
    }

    void writeFields(JsonGenerator json, R row) {
        for (List<Column<R>> group : groups) {
            String prefix = prefix(group.getFirst());
            if (prefix == null) {
                write(json, group.getFirst(), row);
            } else if (group.stream().allMatch(column -> Double.isNaN(column.number().applyAsDouble(row)))) {
                json.writeNullProperty(prefix);
            } else {
                json.writeObjectPropertyStart(prefix);
                group.forEach(column -> write(json, column, row));
                json.writeEndObject();
            }
        }
    }

    private void write(JsonGenerator json, Column<R> column, R row) {
        json.writeName(column.key().substring(column.key().indexOf('.') + 1));
        if (column.isText()) {
            String text = column.text().apply(row);
            if (text == null) {
                json.writeNull();
            } else {
                json.writeString(text);
            }
            return;
        }
        double number = column.number().applyAsDouble(row);
        if (!Double.isFinite(number)) {
            json.writeNull();
        } else if (column.unit() == Figure.Unit.COUNT) {
            json.writeNumber((long) number);
        } else {
            json.writeNumber(number);
        }
    }
}
