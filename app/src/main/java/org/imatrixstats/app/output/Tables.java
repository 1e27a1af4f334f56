package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import org.imatrixstats.app.output.TextTable.TextColumn;

/** Makes the tables of a sheet: groups of rows, and what is shown where the user chose no columns. */
public final class Tables {
    private static final String NAME = "name";
    private static final String STACK = "stack";

    private Tables() {
    }

    /** With those columns that name the row and those of these keys. */
    public static <R> Sheet<R> withColumns(Sheet<R> sheet, List<String> keys) {
        return sheet.withColumns(sheet.columns().stream().filter(column -> sheet.level().names().contains(column.key())
                || keys.contains(column.key()) || namesStack(column, sheet)).toList());
    }

    /** Whether a column says to which of several stacks the layers belong. */
    private static <R> boolean namesStack(Column<R> column, Sheet<R> sheet) {
        return column.key().equals(STACK)
                && sheet.rows().stream().anyMatch(row -> column.text().apply(row) != null);
    }

    /** In a group under a title, chosen columns come after what names a row within the group. */
    public static <R> Sheet<R> named(Sheet<R> sheet, String name) {
        if (sheet.asksFor(NAME) || name.equals(NAME)) {
            return sheet;
        }
        Stream<Column<R>> names = sheet.level().columns().stream()
                .filter(column -> column.key().equals(name) && !sheet.asksFor(name));
        Stream<Column<R>> others = sheet.columns().stream()
                .filter(column -> !column.key().equals(NAME) && (sheet.asksFor(name) || !column.key().equals(name)));
        return sheet.withColumns(Stream.concat(names, others).toList());
    }

    public static <R> List<TextTable> grouped(Sheet<R> sheet, Function<R, String> title,
            Function<Sheet<R>, List<TextColumn>> columns) {
        Map<String, List<R>> groups = new LinkedHashMap<>();
        sheet.rows().forEach(row -> groups.computeIfAbsent(title.apply(row), _ -> new ArrayList<>()).add(row));
        List<TextTable> tables = new ArrayList<>();
        groups.forEach((name, rows) -> tables.add(new TextTable(name, columns.apply(sheet.withRows(rows)))));
        return tables;
    }

    /**
     * The columns of a sheet.
     *
     * @param shown the keys of those that are shown where the user chose none, the least important last; those of one list
     *              all or none
     * @param names the keys of those that name the row and are always shown
     */
    public static <R> List<TextColumn> columns(Sheet<R> sheet, List<List<String>> shown, String... names) {
        Map<String, Integer> priorities = new HashMap<>();
        shown.forEach(keys -> keys.forEach(key -> priorities.put(key, 1 + shown.indexOf(keys))));
        List<TextColumn> columns = new ArrayList<>();
        for (Column<R> column : sheet.columns()) {
            boolean always = sheet.chosen() || List.of(names).contains(column.key()) || namesStack(column, sheet);
            int priority = always ? 0 : priorities.getOrDefault(column.key(), 0);
            if (always || priority > 0) {
                // The stack stands beside the number of the layer; in the machine formats it came later, and is the last.
                int at = namesStack(column, sheet) && !sheet.chosen() ? 1 : columns.size();
                columns.add(at, new TextColumn(column.header(), Cells.of(column, sheet.rows()), column.isText(),
                        priority));
            }
        }
        return columns;
    }
}
