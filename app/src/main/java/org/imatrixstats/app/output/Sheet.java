package org.imatrixstats.app.output;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Rows to be shown.
 *
 * @param level    what a row is
 * @param columns  the columns to show, in this order
 * @param asked    the keys of the columns that the user chose; where there are none, a table for people shows what matters most
 *                 and fits
 * @param rows     in the order to show
 * @param grouping how a table for people divides the rows
 */
public record Sheet<R>(Level<R> level, List<Column<R>> columns, List<String> asked, List<R> rows, Grouping grouping) {
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

    /** All columns of the level, and the rows in the order that they have there. */
    public static <R> Sheet<R> of(Level<R> level, List<R> rows) {
        return new Sheet<>(level, level.columns(), List.of(), level.ordered(rows), Grouping.NONE);
    }

    /** Whether the user chose the columns. */
    public boolean chosen() {
        return !asked.isEmpty();
    }

    /** Whether the user chose this column, or all. */
    public boolean asksFor(String key) {
        return asked.contains(key) || asked.contains(ALL);
    }

    /** With the first rows alone. */
    public Sheet<R> first(int most) {
        return withRows(rows.subList(0, Math.min(most, rows.size())));
    }

    public Sheet<R> filtered(Predicate<R> condition) {
        return withRows(rows.stream().filter(condition).toList());
    }

    public Sheet<R> withRows(List<R> others) {
        return new Sheet<>(level, columns, asked, others, grouping);
    }

    public Sheet<R> withColumns(List<Column<R>> others) {
        return new Sheet<>(level, others, asked, rows, grouping);
    }
}
