package org.imatrixstats.app.output.stats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.stats.ColumnDistribution;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.LayerStatistic;
import org.imatrixstats.stats.LayerStats;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** What stands out in the figures of a file. */
public final class Highlights {
    private static final double FAR = 3;
    private static final double CONCENTRATED = 0.75;
    private static final double TURNED = 0.5;
    private static final double DOMINANT = 0.1;
    /** Spearman's correlation with depth from which a kind is said to grow or fall. */
    private static final double TREND = 0.8;

    /** A block that writes more than all before it together. */
    private static final double MOST_OF_STREAM = 0.5;
    /** A block that hardly changes the stream. */
    private static final double LITTLE_OF_STREAM = 0.01;

    private final List<TensorStats> inputs;
    private final List<LayerStats> layers;
    private final List<KindGroup> kinds;
    private final List<Highlight> found = new ArrayList<>();

    private Highlights(Report report) {
        this.inputs = report.tensors().stream().filter(tensor -> tensor.sameInputAs() == null).toList();
        this.layers = report.layers();
        this.kinds = KindGroup.of(report.kinds());
    }

    /**
     * What stands out, what matters most first; none if nothing does.
     *
     * @param distributions how the columns spread, at least of the tensors for which {@link #mayBeDominated} holds
     */
    public static List<Highlight> of(FileReport file, List<ColumnDistribution> distributions) {
        Highlights highlights = new Highlights(file.report());
        highlights.stream();
        highlights.outliers();
        highlights.concentrated();
        highlights.dominantColumns(distributions);
        highlights.turns();
        highlights.experts();
        highlights.trends();
        highlights.alike();
        return highlights.found;
    }

    /** Whether one column of a tensor holds a large share of its energy. */
    static boolean mayBeDominated(TensorStats tensor) {
        return Statistic.MAX.of(tensor) >= DOMINANT * Statistic.SUM.of(tensor);
    }

    /** A share of the residual stream. */
    private record Written(String block, double share) {
    }

    private void stream() {
        List<Written> blocks = layers.stream().flatMap(layer -> Stream.of(
                new Written("layer " + layer.layer() + "'s attention", LayerStatistic.ATTENTION_SHARE.of(layer)),
                new Written("layer " + layer.layer() + "'s FFN", LayerStatistic.FFN_SHARE.of(layer)))).toList();
        Comparator<Written> byShare = Comparator.comparingDouble(Written::share);
        blocks("Write half of the residual stream or more", blocks.stream()
                .filter(block -> block.share >= MOST_OF_STREAM).sorted(byShare.reversed()).toList());
        blocks("Write less than 1% of the residual stream", blocks.stream()
                .filter(block -> block.share < LITTLE_OF_STREAM).sorted(byShare).toList());
    }

    private void blocks(String what, List<Written> blocks) {
        add(what, blocks.stream().map(block -> block.block + " (" + Cells.cell(block.share, Figure.Unit.SHARE) + ")")
                .toList());
    }

    private void outliers() {
        Comparator<TensorStats> byZ = Comparator.comparingDouble(Statistic.ROBUST_Z::of);
        Predicate<TensorStats> ranked = TensorStats::ranked;
        add("Far above the other layers of their kind", Statistic.ROBUST_Z,
                inputs.stream().filter(ranked.and(tensor -> Statistic.ROBUST_Z.of(tensor) >= FAR))
                        .sorted(byZ.reversed()).toList());
        add("Far below the other layers of their kind", Statistic.ROBUST_Z, inputs.stream()
                .filter(ranked.and(tensor -> Statistic.ROBUST_Z.of(tensor) <= -FAR)).sorted(byZ).toList());
    }

    private void alike() {
        kinds(KindStats::alike, "All layers are alike within 1%, so there is no ranking");
    }

    private void trends() {
        kinds(kind -> kind.trend() >= TREND, "The mean E[x²] grows with depth");
        kinds(kind -> kind.trend() <= -TREND, "The mean E[x²] falls with depth");
    }

    private void kinds(Predicate<KindStats> condition, String what) {
        add(what, kinds.stream().filter(kind -> condition.test(kind.first())).map(KindGroup::label).toList());
    }

    private void concentrated() {
        add("Few columns hold most of the energy", Statistic.ENTROPY_NORMALIZED,
                inputs.stream().filter(tensor -> Statistic.ENTROPY_NORMALIZED.of(tensor) < CONCENTRATED)
                        .sorted(Comparator.comparingDouble(Statistic.ENTROPY_NORMALIZED::of)).toList());
    }

    private void dominantColumns(List<ColumnDistribution> distributions) {
        add("One column holds 10% of the energy or more", distributions.stream()
                .filter(distribution -> topShare(distribution) >= DOMINANT)
                .sorted(Comparator.comparingDouble(Highlights::topShare).reversed())
                .map(distribution -> distribution.tensor().name().name() + " (column "
                        + distribution.top().getFirst().column() + ": " + percent(topShare(distribution)) + ")")
                .toList());
    }

    private static double topShare(ColumnDistribution distribution) {
        return distribution.top().isEmpty() ? 0 : distribution.share(distribution.top().getFirst());
    }

    private void turns() {
        add("Unlike the layer before", Statistic.COSINE_SIMILARITY,
                inputs.stream().filter(tensor -> Statistic.COSINE_SIMILARITY.of(tensor) < TURNED)
                        .sorted(Comparator.comparingDouble(Statistic.COSINE_SIMILARITY::of)).toList());
    }

    private void experts() {
        add("Experts that no token reached", inputs.stream()
                .filter(tensor -> tensor.entry().experts() > 1 && tensor.entry().expertsWithoutData() > 0)
                .sorted(Comparator.<TensorStats>comparingDouble(Statistic.EXPERTS_WITHOUT_DATA::of).reversed())
                .map(tensor -> tensor.name().name() + " (" + tensor.entry().expertsWithoutData() + " of "
                        + tensor.entry().experts() + ")")
                .toList());
    }

    private void add(String what, Statistic statistic, List<TensorStats> tensors) {
        List<String> figures = Cells.of(Column.of(statistic), tensors);
        add(what, IntStream.range(0, tensors.size()).mapToObj(
                i -> tensors.get(i).name().name() + " (" + statistic.header() + " " + figures.get(i) + ")").toList());
    }

    private void add(String what, List<String> where) {
        if (!where.isEmpty()) {
            found.add(new Highlight(what, where));
        }
    }

    private static String percent(double share) {
        return Math.round(100 * share) + "%";
    }
}
