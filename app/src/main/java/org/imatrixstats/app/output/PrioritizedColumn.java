package org.imatrixstats.app.output;

import java.util.List;

import org.imatrixstats.app.output.TextTable.TextColumn;

/** A column and how soon it is left out where a terminal is narrow: the highest numbers first, 0 never. */
public record PrioritizedColumn<R>(int priority, Column<R> column) {
    public static <R> PrioritizedColumn<R> priority(int priority, Column<R> column) {
        return new PrioritizedColumn<>(priority, column);
    }

    public static <R> TextTable table(String title, List<R> rows, List<PrioritizedColumn<R>> columns) {
        return new TextTable(title, columns.stream().map(each -> new TextColumn(each.column.header(),
                Cells.of(each.column, rows), each.column.isText(), each.priority)).toList());
    }
}
