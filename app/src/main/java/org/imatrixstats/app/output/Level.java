package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import org.imatrixstats.tensor.Layer;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.stats.ExpertStatistic;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.stats.KindStatistic;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.LayerStatistic;
import org.imatrixstats.stats.LayerStats;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/**
 * What a row is, and all columns that there are for it.
 *
 * @param <R> the class of a row
 */
public final class Level<R> {
    public static final Level<TensorStats> TENSOR = new Level<>("tensor", List.of("name"), tensorColumns(), "robust_z",
            false, TensorStats::name);
    public static final Level<LayerStats> LAYER = new Level<>("layer", List.of("layer"),
            layerColumns(), "energy_sum");
    public static final Level<KindStats> KIND = new Level<>("kind", List.of("kind"), kindColumns(), "sum");
    public static final Level<ExpertStats> EXPERT = new Level<>("expert", List.of("name", "expert"), expertColumns(),
            "utilization");
    public static final List<Level<?>> ALL = List.of(TENSOR, LAYER, KIND, EXPERT);

    private final String label;
    private final List<String> names;
    private final List<Column<R>> columns;
    private final String defaultOrder;
    private final boolean alwaysOrdered;
    private final Function<R, TensorName> tensor;

    Level(String label, List<String> names, List<Column<R>> columns, String defaultOrder) {
        this(label, names, columns, defaultOrder, false, null);
    }

    /**
     * @param defaultOrder  the column by whose descending order rows are chosen without --sort
     * @param alwaysOrdered whether rows are in that order even if none is asked for
     * @param tensor        the tensor that a row is of; null if it is of several or a part of one
     */
    Level(String label, List<String> names, List<Column<R>> columns, String defaultOrder, boolean alwaysOrdered,
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
    List<R> ordered(List<R> rows) {
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

    private static List<Column<TensorStats>> tensorColumns() {
        List<Column<TensorStats>> columns = new ArrayList<>(nameColumns());
        for (Statistic statistic : Statistic.values()) {
            if (statistic == Statistic.COSINE_SIMILARITY) {
                columns.add(Column.text("previous", "previous", TensorStats::previous));
                columns.add(Column.text("basis", "basis",
                        tensor -> tensor.basis() == null ? null : tensor.basis().label()));
            }
            columns.add(Column.of(statistic));
            if (statistic == Statistic.GAIN) {
                columns.add(Column.text("same_input_as", "same input as", TensorStats::sameInputAs));
            }
        }
        return List.copyOf(columns);
    }

    private static List<Column<TensorStats>> nameColumns() {
        return List.of(Column.text("name", "tensor", TensorStats::name),
                Column.number("layer", "layer", Figure.Unit.COUNT, tensor -> layer(tensor.name())),
                Column.text("kind", "kind", tensor -> tensor.name().kind()));
    }

    static double layer(TensorName name) {
        return name.hasLayer() ? name.layer() : Double.NaN;
    }

    private static List<Column<LayerStats>> layerColumns() {
        List<Column<LayerStats>> columns = new ArrayList<>(
                columns(layer(LayerStats::layer), LayerStatistic.values()));
        columns.add(stack(LayerStats::layer));
        return List.copyOf(columns);
    }

    /** The number of a layer within its stack. */
    static <R> Column<R> layer(Function<R, Layer> layer) {
        return Column.number("layer", "layer", Figure.Unit.COUNT, row -> layer.apply(row).number());
    }

    /** The stack that a layer belongs to, where that has a name. */
    static <R> Column<R> stack(Function<R, Layer> layer) {
        return Column.text("stack", "stack",
                row -> layer.apply(row).stack().isEmpty() ? null : layer.apply(row).stack());
    }

    private static List<Column<KindStats>> kindColumns() {
        List<Column<KindStats>> columns = new ArrayList<>(
                columns(Column.text("kind", "kind", KindStats::kind), KindStatistic.values()));
        columns.add(Column.text("same_input_as", "same input as", KindStats::sameInputAs));
        return List.copyOf(columns);
    }

    private static List<Column<ExpertStats>> expertColumns() {
        Stream<Column<ExpertStats>> names = nameColumns().stream().map(column -> column.on(ExpertStats::tensor));
        return Stream.concat(names, Stream.of(ExpertStatistic.values()).map(Column::of)).toList();
    }

    static <R> List<Column<R>> columns(Column<R> first, Figure<R>[] figures) {
        return Stream.concat(Stream.of(first), Stream.of(figures).map(Column::of)).toList();
    }
}
