package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.stats.Figure;

import tools.jackson.core.JsonGenerator;

/**
 * A row as a JSON object. Columns whose keys share what stands before a dot become an object within, which is null if none
 * of them is defined.
 */
public final class JsonRow<R> {
    /** A field: a column, or an object of fields. */
    private record Field<R>(String name, Column<R> column, List<Field<R>> within) {
        boolean defined(R row) {
            return column == null
                    ? within.stream().anyMatch(field -> field.defined(row))
                    : column.isText()
                            ? column.text().apply(row) != null
                            : Double.isFinite(column.number().applyAsDouble(row));
        }
    }

    private final List<Field<R>> fields;

    public JsonRow(List<Column<R>> columns) {
        this.fields = fields(columns, 0);
    }

    /** @param start where in the keys the names of these fields start */
    private static <R> List<Field<R>> fields(List<Column<R>> columns, int start) {
        Map<String, List<Column<R>>> byName = new LinkedHashMap<>();
        for (Column<R> column : columns) {
            int dot = column.key().indexOf('.', start);
            String name = column.key().substring(start, dot < 0 ? column.key().length() : dot);
            byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(column);
        }
        List<Field<R>> fields = new ArrayList<>();
        byName.forEach((name, members) -> {
            int end = start + name.length();
            boolean single = members.getFirst().key().length() == end;
            fields.add(new Field<>(name, single ? members.getFirst() : null,
                    single ? List.of() : fields(members, end + 1)));
        });
        return fields;
    }

    public void write(JsonGenerator json, R row) {
        json.writeStartObject();
        writeFields(json, row);
        json.writeEndObject();
    }

    public void writeFields(JsonGenerator json, R row) {
        fields.forEach(field -> write(json, field, row));
    }

    private void write(JsonGenerator json, Field<R> field, R row) {
        json.writeName(field.name);
        if (field.column != null) {
            writeValue(json, field.column, row);
        } else if (field.defined(row)) {
            json.writeStartObject();
            field.within.forEach(inner -> write(json, inner, row));
            json.writeEndObject();
        } else {
            json.writeNull();
        }
    }

    private void writeValue(JsonGenerator json, Column<R> column, R row) {
        if (column.exact() != null) {
            switch (column.exact().apply(row)) {
                case Boolean flag -> json.writeBoolean(flag);
                case List<?> numbers -> {
                    json.writeStartArray();
                    numbers.forEach(number -> json.writeNumber((Long) number));
                    json.writeEndArray();
                }
                case Object other -> throw new IllegalArgumentException(column.key() + " is " + other.getClass());
            }
            return;
        }
        if (column.isText()) {
            String text = column.text().apply(row);
            if (text == null) {
                json.writeNull();
            } else {
                json.writeString(text);
            }
            return;
        }
        if (column.list() != null) {
            json.writeStartArray();
            column.list().apply(row).forEach(json::writeNumber);
            json.writeEndArray();
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
