package org.imatrixstats.app.output;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.tensor.Layer;
import org.imatrixstats.tensor.TensorName;

/**
 * What a row is, and all that follows from it: the rows, the columns, which of these a table shows, titles, notes.
 *
 * @param <S> what the rows are taken from
 * @param <R> a row
 */
public abstract class Level<S, R> {
    private static final String STACK = "stack";

    private final String label;
    private final List<String> names;
    private final List<Column<R>> columns;

    /**
     * @param label   the name on the command line; in JSON its plural names the array of rows
     * @param names   the keys of the columns without which a row does not say what it is of
     * @param columns all columns, in the order of the machine formats
     */
    protected Level(String label, List<String> names, List<Column<R>> columns) {
        this.label = label;
        this.names = names;
        this.columns = columns;
    }

    public final String label() {
        return label;
    }

    public final List<String> names() {
        return names;
    }

    public final List<Column<R>> columns() {
        return columns;
    }

    /** The column with a key, or with a header as tables show it; upper and lower case are the same. */
    public final Optional<Column<R>> column(String given) {
        return columns.stream().filter(column -> column.key().equals(given)).findFirst()
                .or(() -> columns.stream().filter(column -> column.isCalled(given)).findFirst());
    }

    /** The name of the array of rows in JSON. */
    public String plural() {
        return label + "s";
    }

    public abstract List<R> rows(S source) throws IOException;

    // ---- order

    /** The column by whose descending order rows are chosen without --sort. */
    public abstract String order();

    /** Whether rows are in that order even if no order is asked for. */
    public boolean alwaysOrdered() {
        return false;
    }

    /** Whether that order means something for a row. */
    public boolean isRanked(R row) {
        return true;
    }

    /** The tensor that a row is of; empty if it is of several or of a part of one. */
    public Optional<TensorName> tensor(R row) {
        return Optional.empty();
    }

    /** Whether a row is a tensor, so that rows can be grouped by kind or layer. */
    public boolean isOfTensors() {
        return false;
    }

    /** All rows and columns, in the order that they have without --sort. */
    public final Sheet<S, R> sheet(S source) throws IOException {
        List<R> rows = rows(source);
        if (alwaysOrdered()) {
            Column<R> by = columns.stream().filter(column -> column.key().equals(order())).findFirst().orElseThrow();
            rows = rows.stream().sorted(by.order(true)).toList();
        }
        return new Sheet<>(this, source, columns, List.of(), rows, Sheet.Grouping.NONE);
    }

    // ---- tables for people

    /**
     * The keys of the columns that a table shows where the user chose none. Where they do not all fit, those at the end are
     * left out first, those of one list together.
     */
    protected abstract List<List<String>> shown(Sheet<S, R> sheet);

    /** Keys of columns; * stands for that of A and that of B. */
    protected static List<List<String>> keys(String... keys) {
        return Stream.of(keys).map(
                key -> key.endsWith("*") ? List.of(key.replace("*", "a"), key.replace("*", "b")) : List.of(key))
                .toList();
    }

    /** Whether a column names the rows of a sheet: also that of the stack, where a model has several. */
    final boolean isName(Column<R> column, List<R> rows) {
        return names.contains(column.key()) || isStack(column, rows);
    }

    /** Whether a column says to which of several stacks the layers belong. */
    static <R> boolean isStack(Column<R> column, List<R> rows) {
        return column.key().equals(STACK) && rows.stream().anyMatch(row -> column.text().apply(row) != null);
    }

    /** The title of a table that is not divided into groups. */
    protected String title(Sheet<S, R> sheet) {
        return plural();
    }

    /** What rows of one group have in common. */
    public Object group(Sheet.Grouping grouping, R row) {
        TensorName name = tensor(row).orElseThrow();
        return grouping == Sheet.Grouping.KIND ? name.kind() : Optional.ofNullable(name.inStack());
    }

    /** The title of the group that a row is in. */
    protected String groupTitle(Sheet<S, R> sheet, R row) {
        TensorName name = tensor(row).orElseThrow();
        return sheet.grouping() == Sheet.Grouping.KIND
                ? Text.printable(name.kind())
                : name.hasLayer() ? "layer " + name.inStack() : "no layer";
    }

    /** The key of the column that names a row within its group; empty where the rows are not divided. */
    protected Optional<String> nameInGroup(Sheet.Grouping grouping) {
        return switch (grouping) {
            case KIND -> Optional.of("layer").filter(_ -> isOfTensors());
            case LAYER -> Optional.of("kind").filter(_ -> isOfTensors());
            case NONE -> Optional.empty();
        };
    }

    /**
     * The columns of a table, of the rows of a group or of all.
     *
     * @param names the keys of those that name the row and are always shown
     */
    protected List<TextColumn> textColumns(Sheet<S, R> sheet, Terminal terminal, List<String> names) {
        Map<String, Integer> priorities = new HashMap<>();
        List<List<String>> shown = shown(sheet);
        for (int i = 0; i < shown.size(); i++) {
            int priority = i + 1;
            shown.get(i).forEach(key -> priorities.put(key, priority));
        }
        List<TextColumn> columns = new ArrayList<>();
        for (Column<R> column : sheet.columns()) {
            boolean stack = isStack(column, sheet.rows());
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

    /**
     * What a reader of the table needs to know.
     *
     * @param headers those of the columns that there was room for
     */
    protected List<String> notes(Sheet<S, R> sheet, Set<String> headers) {
        return List.of();
    }

    // ---- columns that levels share

    public static double layer(TensorName name) {
        return name.hasLayer() ? name.layer() : Double.NaN;
    }

    /** The number of a layer within its stack. */
    public static <R> Column<R> inStack(Function<R, Layer> layer) {
        return Column.number("layer", "layer", Figure.Unit.COUNT, row -> layer.apply(row).number());
    }

    /** The stack that a layer belongs to, where that has a name. */
    public static <R> Column<R> stack(Function<R, Layer> layer) {
        return Column.text(STACK, "stack",
                row -> layer.apply(row).stack().isEmpty() ? null : layer.apply(row).stack(),
                "the stack of layers that the number counts in");
    }

    public static <R> List<Column<R>> columns(Column<R> first, Figure<R>[] figures) {
        return Stream.concat(Stream.of(first), columns(figures).stream()).toList();
    }

    public static <R> List<Column<R>> columns(Figure<R>[] figures) {
        return Stream.of(figures).map(Column::of).toList();
    }

    // ---- rows to be shown

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

        private static final String NAME = "name";

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

        /** Only with the columns that people see, unless the user chose some. */
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
            return level.nameInGroup(grouping).map(name -> grouped(name, terminal)).orElseGet(
                    () -> List.of(new TextTable(level.title(this), level.textColumns(this, terminal, level.names()))));
        }

        /** @param name the key of the column that names a row within its group */
        private List<TextTable> grouped(String name, Terminal terminal) {
            Map<Object, List<R>> groups = new LinkedHashMap<>();
            rows.forEach(row -> groups.computeIfAbsent(level.group(grouping, row), _ -> new ArrayList<>()).add(row));
            return groups.values().stream()
                    .map(group -> new TextTable(level.groupTitle(this, group.getFirst()),
                            level.textColumns(withRows(group).named(name), terminal, List.of(name))))
                    .toList();
        }

        /** In a group under a title, chosen columns come after what names a row within the group. */
        private Sheet<S, R> named(String name) {
            if (!chosen() || asksFor(NAME)) {
                return this;
            }
            Stream<Column<R>> names = level.columns().stream()
                    .filter(column -> column.key().equals(name) && !asksFor(name));
            Stream<Column<R>> others = columns.stream()
                    .filter(column -> !column.key().equals(NAME) && (asksFor(name) || !column.key().equals(name)));
            return withColumns(Stream.concat(names, others).toList());
        }

        /** @param headers those of the columns that there was room for */
        public List<String> notes(Set<String> headers) {
            return level.notes(this, headers);
        }
    }
}
