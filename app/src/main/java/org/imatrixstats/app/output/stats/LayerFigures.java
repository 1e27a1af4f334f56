package org.imatrixstats.app.output.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Sparkline;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.stats.LayerStatistic;
import org.imatrixstats.stats.LayerStats;

/** The layers of a model with many: a figure per row, drawn over all layers. */
final class LayerFigures {
    static final List<LayerStatistic> SHOWN = List.of(LayerStatistic.DISTINCT_ENERGY_SUM,
            LayerStatistic.COSINE_SIMILARITY, LayerStatistic.GAIN);
    /** Where it is known what layers write. */
    static final List<LayerStatistic> OF_STREAM = List.of(LayerStatistic.DISTINCT_ENERGY_SUM,
            LayerStatistic.ATTENTION_SHARE, LayerStatistic.FFN_SHARE, LayerStatistic.COSINE_SIMILARITY,
            LayerStatistic.GAIN);
    static final String BY_LAYER = "by layer";
    private static final String UNDEFINED = Cells.UNDEFINED;

    private LayerFigures() {
    }

    /** @param room cells for the drawing */
    static TextTable table(List<LayerStats> layers, List<LayerStatistic> figures, int room) {
        Sparkline line = Sparkline.of(layers.size(), room);
        List<List<String>> cells = IntStream.range(0, 6).mapToObj(_ -> (List<String>) new ArrayList<String>()).toList();
        for (LayerStatistic figure : figures) {
            double[] values = layers.stream().mapToDouble(figure::of).toArray();
            int lowest = end(values, 1);
            int highest = end(values, -1);
            cells.get(0).add(figure.header());
            cells.get(1).add(cell(values, lowest, figure));
            cells.get(2).add(lowest < 0 ? UNDEFINED : layers.get(lowest).layer().toString());
            cells.get(3).add(cell(values, highest, figure));
            cells.get(4).add(highest < 0 ? UNDEFINED : layers.get(highest).layer().toString());
            cells.get(5).add(line.draw(scaled(values, figure), false));
        }
        return new TextTable("layers",
                List.of(new TextColumn("figure", cells.get(0), true, 0),
                        new TextColumn("lowest", cells.get(1), false, 2),
                        new TextColumn("▼", cells.get(2), false, 2), new TextColumn("highest", cells.get(3), false, 1),
                        new TextColumn("▲", cells.get(4), false, 1),
                        new TextColumn(axis(layers, line), cells.get(5), true, 0)));
    }

    /** The numbers of the layers, if they are those of their places. */
    private static String axis(List<LayerStats> layers, Sparkline line) {
        boolean inPlace = IntStream.range(0, layers.size()).allMatch(
                i -> layers.get(i).layer().stack().isEmpty() && layers.get(i).layer().number() == i);
        return inPlace ? line.axis() : BY_LAYER;
    }

    private static String cell(double[] values, int index, LayerStatistic figure) {
        return index < 0 ? UNDEFINED : Cells.cell(values[index], figure.unit());
    }

    /** Where the smallest figure is, of all times a sign; -1 if there is none. */
    private static int end(double[] values, int sign) {
        int end = -1;
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i]) && (end < 0 || sign * values[i] < sign * values[end])) {
                end = i;
            }
        }
        return end;
    }

    private static double[] scaled(double[] values, LayerStatistic figure) {
        boolean logarithmic = figure.unit() == Figure.Unit.NUMBER || figure.unit() == Figure.Unit.RATIO;
        return logarithmic ? Arrays.stream(values).map(Math::log).toArray() : values;
    }
}
