package org.imatrixstats.app.output;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.imatrix.TensorName;
import org.imatrixstats.imatrix.stats.ExpertStatistic;
import org.imatrixstats.imatrix.stats.ExpertStats;
import org.imatrixstats.imatrix.stats.Figure;
import org.imatrixstats.imatrix.stats.KindStatistic;
import org.imatrixstats.imatrix.stats.KindStats;
import org.imatrixstats.imatrix.stats.LayerStatistic;
import org.imatrixstats.imatrix.stats.LayerStats;
import org.imatrixstats.imatrix.stats.Statistic;
import org.imatrixstats.imatrix.stats.TensorStats;

/**
 * What a row is, and all columns that there are for it.
 *
 * @param <R> the class of a row
 */
public final class Level<R> {
    public static final Level<TensorStats> TENSOR = new Level<>("tensor", List.of("name"), tensorColumns());
    public static final Level<LayerStats> LAYER = new Level<>("layer", List.of("layer"),
            columns(Column.number("layer", "layer", Figure.Unit.COUNT, LayerStats::layer), LayerStatistic.values()));
    public static final Level<KindStats> KIND = new Level<>("kind", List.of("kind"), kindColumns());
    public static final Level<ExpertStats> EXPERT = new Level<>("expert", List.of("name", "expert"), expertColumns());
    public static final List<Level<?>> ALL = List.of(TENSOR, LAYER, KIND, EXPERT);

    private final String label;
    private final List<String> names;
    private final List<Column<R>> columns;

    private Level(String label, List<String> names, List<Column<R>> columns) {
        this.label = label;
        this.names = names;
        this.columns = columns;
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

    private static double layer(TensorName name) {
        return name.hasLayer() ? name.layer() : Double.NaN;
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

    private static <R> List<Column<R>> columns(Column<R> first, Figure<R>[] figures) {
        return Stream.concat(Stream.of(first), Stream.of(figures).map(Column::of)).toList();
    }
}
