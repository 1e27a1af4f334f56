package org.imatrixstats.app.output;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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

    /** The columns of a table, of the rows of a group or of all. */
    protected List<TextColumn> textColumns(Sheet<S, R> sheet, Terminal terminal, List<String> names) {
        return Tables.columns(sheet, names);
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
}
