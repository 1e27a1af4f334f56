package org.imatrixstats.app.output;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import org.imatrixstats.stats.Figure;
import org.imatrixstats.tensor.Layer;
import org.imatrixstats.tensor.TensorName;

/**
 * What a row is, and all columns that there are for it.
 *
 * @param <R> the class of a row
 */
public final class Level<R> {
    private final String label;
    private final List<String> names;
    private final List<Column<R>> columns;
    private final String defaultOrder;
    private final boolean alwaysOrdered;
    private final Function<R, TensorName> tensor;

    public Level(String label, List<String> names, List<Column<R>> columns, String defaultOrder) {
        this(label, names, columns, defaultOrder, false, null);
    }

    /**
     * @param defaultOrder  the column by whose descending order rows are chosen without --sort
     * @param alwaysOrdered whether rows are in that order even if none is asked for
     * @param tensor        the tensor that a row is of; null if it is of several or a part of one
     */
    public Level(String label, List<String> names, List<Column<R>> columns, String defaultOrder, boolean alwaysOrdered,
            Function<R, TensorName> tensor) {
        this.label = label;
        this.names = names;
        this.columns = columns;
        this.defaultOrder = defaultOrder;
        this.alwaysOrdered = alwaysOrdered;
        this.tensor = tensor;
    }

    public String defaultOrder() {
        return defaultOrder;
    }

    public boolean alwaysOrdered() {
        return alwaysOrdered;
    }

    /** Rows as they are shown without --sort. */
    public List<R> ordered(List<R> rows) {
        return alwaysOrdered
                ? rows.stream().sorted(columns.stream().filter(column -> column.key().equals(defaultOrder)).findFirst()
                        .orElseThrow().order(true)).toList()
                : rows;
    }

    /** Whether a row is a tensor, so that rows can be grouped by kind or layer. */
    public boolean isOfTensors() {
        return tensor != null;
    }

    /** The tensor that a row is of. */
    public TensorName tensor(R row) {
        return tensor.apply(row);
    }

    /** The name on the command line; in JSON its plural names the array of rows. */
    public String label() {
        return label;
    }

    /** The keys of the columns without which a row does not say what it is of. */
    public List<String> names() {
        return names;
    }

    /** All columns, in the order of the machine formats. */
    public List<Column<R>> columns() {
        return columns;
    }

    public static double layer(TensorName name) {
        return name.hasLayer() ? name.layer() : Double.NaN;
    }

    /** The number of a layer within its stack. */
    public static <R> Column<R> inStack(Function<R, Layer> layer) {
        return Column.number("layer", "layer", Figure.Unit.COUNT, row -> layer.apply(row).number());
    }

    /** The stack that a layer belongs to, where that has a name. */
    public static <R> Column<R> stack(Function<R, Layer> layer) {
        return Column.text("stack", "stack",
                row -> layer.apply(row).stack().isEmpty() ? null : layer.apply(row).stack());
    }

    public static <R> List<Column<R>> columns(Column<R> first, Figure<R>[] figures) {
        return Stream.concat(Stream.of(first), Stream.of(figures).map(Column::of)).toList();
    }
}
