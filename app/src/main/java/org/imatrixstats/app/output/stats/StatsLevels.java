package org.imatrixstats.app.output.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.stats.ExpertStatistic;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.stats.KindStatistic;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.LayerStatistic;
import org.imatrixstats.stats.LayerStats;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** What a row of {@code stats} is. */
public final class StatsLevels {
    public static final Level<TensorStats> TENSOR = new Level<>("tensor", List.of("name"), tensorColumns(), "robust_z",
            false, TensorStats::name);
    public static final Level<LayerStats> LAYER = new Level<>("layer", List.of("layer"),
            layerColumns(), "energy_sum");
    public static final Level<KindStats> KIND = new Level<>("kind", List.of("kind"), kindColumns(), "sum");
    public static final Level<ExpertStats> EXPERT = new Level<>("expert", List.of("name", "expert"), expertColumns(),
            "utilization");
    public static final List<Level<?>> ALL = List.of(TENSOR, LAYER, KIND, EXPERT);

    private StatsLevels() {
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
                Column.number("layer", "layer", Figure.Unit.COUNT, tensor -> Level.layer(tensor.name())),
                Column.text("kind", "kind", tensor -> tensor.name().kind()));
    }

    private static List<Column<LayerStats>> layerColumns() {
        List<Column<LayerStats>> columns = new ArrayList<>(
                Level.columns(Level.inStack(LayerStats::layer), LayerStatistic.values()));
        columns.add(Level.stack(LayerStats::layer));
        return List.copyOf(columns);
    }

    private static List<Column<KindStats>> kindColumns() {
        List<Column<KindStats>> columns = new ArrayList<>(
                Level.columns(Column.text("kind", "kind", KindStats::kind), KindStatistic.values()));
        columns.add(Column.text("same_input_as", "same input as", KindStats::sameInputAs));
        return List.copyOf(columns);
    }

    private static List<Column<ExpertStats>> expertColumns() {
        Stream<Column<ExpertStats>> names = nameColumns().stream().map(column -> column.on(ExpertStats::tensor));
        return Stream.concat(names, Stream.of(ExpertStatistic.values()).map(Column::of)).toList();
    }
}
