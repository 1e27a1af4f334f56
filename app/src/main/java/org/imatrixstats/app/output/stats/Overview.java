package org.imatrixstats.app.output.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.Sparkline;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.numeric.Order;
import org.imatrixstats.stats.KindStatistic;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.LayerStatistic;
import org.imatrixstats.stats.LayerStats;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** The answer that fits on a screen: the kinds with their shared inputs folded, and the layers. */
final class Overview {
    private static final String NOTHING = "Nothing: no layer is far from the others of its kind, and the energy is spread over many columns.";
    private static final List<KindStatistic> OF_KINDS = List.of(KindStatistic.SUM_MEDIAN, KindStatistic.MEAN_RATIO,
            KindStatistic.ENTROPY_NORMALIZED_MEDIAN);
    private static final Set<String> OF_LAYERS = Set.of("layer", "stack", "tensors");
    private static final int MOST_LAYERS = 1000;
    /** Least and most cells of a drawing. */
    private static final int NARROW = 8;
    private static final int WIDE = 128;
    /** What a table has beside its drawing and its names: other columns with their gaps. */
    private static final int OTHER_COLUMNS = 40;

    private final FileReport file;
    private final Terminal terminal;
    private final List<Highlight> highlights;
    private final List<KindGroup> kinds;
    /** The numbers that layers have, in any stack. */
    private final int[] numbers;

    Overview(FileReport file, Terminal terminal) throws IOException {
        this.file = file;
        this.terminal = terminal;
        this.highlights = Highlights.of(file, file.distributions(Highlights::mayBeDominated));
        this.kinds = KindGroup.of(file.report().kinds());
        this.numbers = file.report().tensors().stream().filter(tensor -> tensor.name().hasLayer())
                .mapToInt(tensor -> tensor.name().layer()).sorted().distinct().toArray();
    }

    /** Whether there is room for a sentence. */
    @FunctionalInterface
    interface Fits {
        boolean test(int number, String sentence);
    }

    /** What stands out, in sentences that name as much as fits. */
    List<String> sentences(Fits fits) {
        return highlights.isEmpty()
                ? List.of(NOTHING)
                : IntStream.range(0, highlights.size()).mapToObj(
                        i -> fitting(highlights.get(i), sentence -> fits.test(i, sentence))).toList();
    }

    private static String fitting(Highlight highlight, Predicate<String> fits) {
        int named = Math.min(Highlight.MOST_NAMED, highlight.where().size());
        while (named > 1 && !fits.test(highlight.sentence(named))) {
            named--;
        }
        return highlight.sentence(named);
    }

    int kinds() {
        return kinds.size();
    }

    int tensors() {
        return file.report().tensors().size();
    }

    List<LayerStats> layers() {
        return file.report().layers();
    }

    // ---- kinds

    /** The kinds in the order of their names; if there are more than there is room for, those that vary most. */
    TextTable kindTable(int most) {
        List<KindGroup> shown = kinds.size() <= most
                ? kinds
                : kinds.stream().sorted(Order.by(Overview::variation).reversed()).limit(most)
                        .sorted(Order.byKey(group -> group.first().kind())).toList();
        int names = shown.stream().mapToInt(group -> Text.width(Text.printable(group.label()))).max().orElse(0);
        Sparkline line = Sparkline.of(positions(), room(names));
        List<TextColumn> columns = new ArrayList<>();
        columns.add(new TextColumn("kind", texts(shown, group -> Text.printable(group.label())), true, 0));
        columns.add(new TextColumn("tensors", texts(shown, group -> Numbers.grouped(group.tensors())), false, 6));
        for (int i = 0; i < OF_KINDS.size(); i++) {
            columns.add(new TextColumn(OF_KINDS.get(i).header(), Cells.of(Column.of(OF_KINDS.get(i)),
                    shown.stream().map(KindGroup::first).toList()), false, 3 + i));
        }
        if (line.layers() > 1) {
            columns.add(new TextColumn(numbered() ? line.axis() : LayerFigures.BY_LAYER,
                    texts(shown, group -> line.draw(means(group.first()),
                            group.first().alike())),
                    true, 1));
            columns.add(new TextColumn("▼", texts(shown, group -> end(group.first(), 1)), false, 2));
            columns.add(new TextColumn("▲", texts(shown, group -> end(group.first(), -1)), false, 2));
        }
        return new TextTable("kinds", columns);
    }

    private int room(int names) {
        return Math.clamp((long) terminal.columns() - names - OTHER_COLUMNS, NARROW, WIDE);
    }

    private static double variation(KindGroup group) {
        double ratio = KindStatistic.MEAN_RATIO.of(group.first());
        return Double.isNaN(ratio) ? 0 : ratio;
    }

    private static List<String> texts(List<KindGroup> groups, Function<KindGroup, String> text) {
        return groups.stream().map(text).toList();
    }

    /** Whether a layer is drawn in the place of its number: not if a file has numbers beyond those of any model. */
    private boolean numbered() {
        return numbers.length == 0 || numbers[numbers.length - 1] < MOST_LAYERS;
    }

    private int positions() {
        return numbers.length == 0 ? 0 : numbered() ? numbers[numbers.length - 1] + 1 : numbers.length;
    }

    private int position(int layer) {
        return numbered() ? layer : Arrays.binarySearch(numbers, layer);
    }

    /** ln of the mean E[x²] by layer. */
    private double[] means(KindStats kind) {
        double[] means = new double[positions()];
        Arrays.fill(means, Double.NaN);
        for (TensorStats tensor : kind.tensors()) {
            if (tensor.name().hasLayer()) {
                means[position(tensor.name().layer())] = Math.log(Statistic.MEAN.of(tensor));
            }
        }
        return means;
    }

    /** The layer with the smallest mean times a sign, where layers can be ranked. */
    private static String end(KindStats kind, int sign) {
        return kind.tensors().stream().filter(tensor -> tensor.ranked() && tensor.name().hasLayer())
                .min(Order.by(tensor -> sign * Statistic.MEAN.of(tensor)))
                .map(tensor -> Integer.toString(tensor.name().layer())).orElse(Cells.UNDEFINED);
    }

    // ---- layers

    /** A layer per row, or a figure per row where there is no room for so many; none without layers. */
    List<TextTable> layerTables(boolean rows) throws IOException {
        if (layers().isEmpty()) {
            return List.of();
        }
        if (!rows) {
            return List.of(LayerFigures.table(layers(), ofLayers(), room(0)));
        }
        Sheet<FileReport, LayerStats> sheet = StatsLevels.LAYER.sheet(file);
        List<String> figures = ofLayers().stream().map(LayerStatistic::key).toList();
        return sheet.withColumns(sheet.columns().stream()
                .filter(column -> OF_LAYERS.contains(column.key()) || figures.contains(column.key())).toList())
                .tables(terminal);
    }

    /** The figures of layers that are shown. */
    List<LayerStatistic> ofLayers() {
        return file.hasStreams() ? LayerFigures.OF_STREAM : LayerFigures.SHOWN;
    }

    // ---- what the tables mean

    /** @param ofLayers whether the tables of layers are there */
    List<String> legend(boolean ofLayers) {
        List<String> parts = new ArrayList<>();
        if (highlights.stream().anyMatch(highlight -> highlight.where().getFirst().contains("(z "))) {
            parts.add("z: robust z-score of ln(mean) within the kind");
        }
        parts.addAll(Legend.meanings(OF_KINDS.stream().map(Column::of).toList()));
        if (!layers().isEmpty()) {
            parts.add("▼ ▲: the layers with the lowest and the highest mean");
        }
        if (ofLayers && !layers().isEmpty()) {
            parts.addAll(Legend.meanings(ofLayers().stream().map(Column::of).toList()));
        }
        String drawn = layers().isEmpty()
                ? ""
                : " Drawings go from lowest to highest, means and sums on a logarithmic scale.";
        return Stream.concat(Legend.kindsDiffer(file.report().kinds()).stream(),
                Stream.of(String.join("; ", parts) + "." + drawn)).toList();
    }
}
