package org.imatrixstats.app.output.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.compare.Channel;
import org.imatrixstats.compare.ChannelStatistic;
import org.imatrixstats.compare.Comparison;
import org.imatrixstats.compare.CoverageStatistic;
import org.imatrixstats.compare.OutlierChannel;
import org.imatrixstats.compare.OutlierStatistic;
import org.imatrixstats.compare.PairGroup;
import org.imatrixstats.compare.PairStatistic;
import org.imatrixstats.compare.PairStats;
import org.imatrixstats.stats.Figure;

/** What a row is where two files are compared. */
public final class PairLevels {
    private static final String WORST_FIRST = "js_divergence.median";

    public static final Level<PairStats> TENSOR = new Level<>("tensor", List.of("name"), tensorColumns(),
            PairStatistic.JS_DIVERGENCE.key(), true, PairStats::name);
    public static final Level<PairGroup> LAYER = new Level<>("layer", List.of("layer"),
            layerColumns(), WORST_FIRST);
    public static final Level<PairGroup> KIND = new Level<>("kind", List.of("kind"),
            groupColumns(List.of(Column.text("kind", "kind", PairGroup::kind))), WORST_FIRST, true, null);
    public static final Level<PairGroup> OVERALL = new Level<>("overall", List.of(), groupColumns(List.of()),
            WORST_FIRST);
    public static final Level<PairGroup> COVERAGE = new Level<>("coverage", List.of("kind"), coverageColumns(),
            CoverageStatistic.ENTROPY_NORMALIZED_A.key());
    /** The levels that can be asked for. */
    public static final List<Level<?>> ALL = List.of(TENSOR, LAYER, KIND, COVERAGE);

    public static final Level<Channel> CHANNEL = new Level<>("channel", List.of(ChannelStatistic.COLUMN.key()),
            columns(ChannelStatistic.values()), ChannelStatistic.JS_DIVERGENCE.key(), true, null);
    public static final Level<OutlierChannel> OUTLIER = new Level<>("outlier_channel",
            List.of(OutlierStatistic.WIDTH.key(), OutlierStatistic.COLUMN.key()), columns(OutlierStatistic.values()),
            OutlierStatistic.IN_A.key());

    private PairLevels() {
    }

    /** Makes a sheet of rows. */
    @FunctionalInterface
    public interface Sheets {
        <R> Sheet<R> of(Level<R> level, List<R> rows);
    }

    /** The sheet of a comparison at a level of whole tensors or groups of them. */
    public static Sheet<?> sheet(Level<?> level, Comparison comparison, Sheets sheets) {
        if (level == TENSOR) {
            return sheets.of(TENSOR, comparison.tensors());
        }
        if (level == LAYER) {
            return sheets.of(LAYER, comparison.layers());
        }
        if (level == OVERALL) {
            return sheets.of(OVERALL, List.of(comparison.overall()));
        }
        return sheets.of(level == KIND ? KIND : COVERAGE, comparison.kinds());
    }

    private static List<Column<PairStats>> tensorColumns() {
        List<Column<PairStats>> columns = new ArrayList<>(List.of(Column.text("name", "tensor", PairStats::name),
                Column.number("layer", "layer", Figure.Unit.COUNT, tensor -> Level.layer(tensor.name())),
                Column.text("kind", "kind", tensor -> tensor.name().kind())));
        for (PairStatistic statistic : PairStatistic.values()) {
            columns.add(switch (statistic) {
                case EXPERTS_ONLY_A -> Column.list(statistic, tensor -> tensor.pair().onlyInA());
                case EXPERTS_ONLY_B -> Column.list(statistic, tensor -> tensor.pair().onlyInB());
                default -> Column.of(statistic);
            });
        }
        columns.add(Column.text("difference", "differs in",
                tensor -> tensor.difference() == null ? null : tensor.difference().label()));
        columns.add(Column.text("same_input_as", "same input as", PairStats::sameInputAs));
        return List.copyOf(columns);
    }

    private static List<Column<PairGroup>> layerColumns() {
        List<Column<PairGroup>> columns = new ArrayList<>(groupColumns(List.of(Level.inStack(PairGroup::layer))));
        columns.add(Level.stack(PairGroup::layer));
        return List.copyOf(columns);
    }

    /** Median and worst of every measure, and which tensor is the worst. */
    private static List<Column<PairGroup>> groupColumns(List<Column<PairGroup>> names) {
        List<Column<PairGroup>> columns = new ArrayList<>(names);
        columns.add(Column.number("tensors", "tensors", Figure.Unit.COUNT, group -> group.tensors().size()));
        for (PairStatistic statistic : PairStatistic.values()) {
            if (statistic.worst() != PairStatistic.Worst.NONE) {
                String key = statistic.key();
                String header = statistic.header();
                columns.add(Column.number(key + ".median", header + " median", statistic.unit(),
                        group -> group.median(statistic)));
                columns.add(Column.number(key + ".worst", header + " worst", statistic.unit(),
                        group -> group.worstFigure(statistic)));
                columns.add(Column.text(key + ".worst_tensor", header + " worst tensor",
                        group -> group.worst(statistic) == null ? null : group.worst(statistic).name()));
            }
        }
        return List.copyOf(columns);
    }

    private static List<Column<PairGroup>> coverageColumns() {
        List<Column<PairGroup>> columns = new ArrayList<>(
                Level.columns(Column.text("kind", "kind", PairGroup::kind), CoverageStatistic.values()));
        columns.add(Column.text("more", "more", group -> CoverageStatistic.more(group).label()));
        return List.copyOf(columns);
    }

    private static <R> List<Column<R>> columns(Figure<R>[] figures) {
        return Stream.of(figures).map(Column::of).toList();
    }
}
