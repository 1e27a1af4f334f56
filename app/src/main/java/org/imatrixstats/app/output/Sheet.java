package org.imatrixstats.app.output;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

import org.imatrixstats.app.terminal.Terminal;

/**
 * Rows to be shown.
 *
 * @param level    what a row is
 * @param source   what the rows were taken from
 * @param columns  the columns to show, in this order
 * @param asked    the keys of the columns that the user chose; where there are none, a table for people shows what matters most
 *                 and fits
 * @param rows     in the order to show
 * @param grouping how a table for people divides the rows
 */
public record Sheet<S, R>(Level<S, R> level, S source, List<Column<R>> columns, List<String> asked, List<R> rows,
        Grouping grouping) {
    /** What stands for the keys of all columns. */
    public static final String ALL = "all";

    /** {@code --group-by}. */
    public enum Grouping {
        KIND, LAYER, NONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether the user chose the columns. */
    public boolean chosen() {
        return !asked.isEmpty();
    }

    /** Whether the user chose this column, or all. */
    boolean asksFor(String key) {
        return asked.contains(key) || asked.contains(ALL);
    }

    /** With the first rows alone. */
    public Sheet<S, R> first(int most) {
        return withRows(rows.subList(0, Math.min(most, rows.size())));
    }

    public Sheet<S, R> filtered(Predicate<R> condition) {
        return withRows(rows.stream().filter(condition).toList());
    }

    public Sheet<S, R> withRows(List<R> others) {
        return new Sheet<>(level, source, columns, asked, others, grouping);
    }

    public Sheet<S, R> withColumns(List<Column<R>> others) {
        return new Sheet<>(level, source, others, asked, rows, grouping);
    }

    /** With the columns that are shown to people, which are fewer than there are, unless the user chose some. */
    public Sheet<S, R> shown() {
        if (chosen()) {
            return this;
        }
        List<String> keys = level.shown(new Sheet<>(level, source, columns, asked, rows, Grouping.NONE)).stream()
                .flatMap(List::stream).toList();
        return withColumns(columns.stream()
                .filter(column -> level.isName(column, rows) || keys.contains(column.key())).toList());
    }

    /** A table per group of rows; none if there are no rows. */
    public List<TextTable> tables(Terminal terminal) {
        if (rows.isEmpty()) {
            return List.of();
        }
        return level.nameInGroup(grouping).map(name -> Tables.grouped(this, name, terminal)).orElseGet(
                () -> List.of(new TextTable(level.title(this), level.textColumns(this, terminal, level.names()))));
    }

    /** @param headers those of the columns that there was room for */
    public List<String> notes(Set<String> headers) {
        return level.notes(this, headers);
    }
}
