package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Terminal;

/** Makes the tables of a sheet. */
public final class Tables {
    private static final String NAME = "name";

    private Tables() {
    }

    /** @param name the key of the column that names a row within its group */
    static <S, R> List<TextTable> grouped(Sheet<S, R> sheet, String name, Terminal terminal) {
        Level<S, R> level = sheet.level();
        Map<Object, List<R>> groups = new LinkedHashMap<>();
        sheet.rows().forEach(
                row -> groups.computeIfAbsent(level.group(sheet.grouping(), row), _ -> new ArrayList<>()).add(row));
        return groups.values().stream().map(rows -> new TextTable(level.groupTitle(sheet, rows.getFirst()),
                level.textColumns(named(sheet.withRows(rows), name), terminal, List.of(name)))).toList();
    }

    /** In a group under a title, chosen columns come after what names a row within the group. */
    private static <S, R> Sheet<S, R> named(Sheet<S, R> sheet, String name) {
        if (!sheet.chosen() || sheet.asksFor(NAME)) {
            return sheet;
        }
        Stream<Column<R>> names = sheet.level().columns().stream()
                .filter(column -> column.key().equals(name) && !sheet.asksFor(name));
        Stream<Column<R>> others = sheet.columns().stream()
                .filter(column -> !column.key().equals(NAME) && (sheet.asksFor(name) || !column.key().equals(name)));
        return sheet.withColumns(Stream.concat(names, others).toList());
    }

    /**
     * The columns of a sheet that are shown.
     *
     * @param names the keys of those that name the row and are always shown
     */
    public static <S, R> List<TextColumn> columns(Sheet<S, R> sheet, List<String> names) {
        Map<String, Integer> priorities = new HashMap<>();
        List<List<String>> shown = sheet.level().shown(sheet);
        for (int i = 0; i < shown.size(); i++) {
            int priority = i + 1;
            shown.get(i).forEach(key -> priorities.put(key, priority));
        }
        List<TextColumn> columns = new ArrayList<>();
        for (Column<R> column : sheet.columns()) {
            boolean stack = Level.isStack(column, sheet.rows());
            boolean always = sheet.chosen() || names.contains(column.key()) || stack;
            int priority = always ? 0 : priorities.getOrDefault(column.key(), 0);
            if (always || priority > 0) {
                // The stack stands beside the number of the layer; in the machine formats it is the last.
                int at = stack && !sheet.chosen() ? 1 : columns.size();
                columns.add(at,
                        new TextColumn(column.header(), Cells.of(column, sheet.rows()), column.isText(), priority));
            }
        }
        return columns;
    }
}
