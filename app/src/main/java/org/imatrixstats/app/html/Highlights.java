package org.imatrixstats.app.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.stats.ColumnDistribution;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** What stands out in the figures of a file, in sentences. */
final class Highlights {
    private static final int MOST_NAMED = 4;
    private static final double FAR = 3;
    private static final double CONCENTRATED = 0.75;
    private static final double TURNED = 0.5;
    private static final double DOMINANT = 0.1;

    private final FilePart file;
    private final List<TensorStats> inputs;
    private final List<String> sentences = new ArrayList<>();

    private Highlights(FilePart file) {
        this.file = file;
        this.inputs = file.tensors().stream().filter(tensor -> tensor.sameInputAs() == null).toList();
    }

    static List<String> of(FilePart file) {
        Highlights highlights = new Highlights(file);
        highlights.outliers();
        highlights.alike();
        highlights.concentrated();
        highlights.dominantColumns();
        highlights.turns();
        highlights.experts();
        return highlights.sentences;
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
        String kinds = file.report().report().kinds().stream()
                .filter(kind -> kind.sameInputAs() == null && kind.tensors().stream().anyMatch(TensorStats::alike))
                .map(KindStats::kind).collect(Collectors.joining(", "));
        if (!kinds.isEmpty()) {
            sentences.add("All layers are alike within 1%, so there is no ranking: " + kinds + ".");
        }
    }

    private void concentrated() {
        add("Few columns hold most of the energy (low normalized entropy)", Statistic.ENTROPY_NORMALIZED,
                inputs.stream().filter(tensor -> Statistic.ENTROPY_NORMALIZED.of(tensor) < CONCENTRATED)
                        .sorted(Comparator.comparingDouble(Statistic.ENTROPY_NORMALIZED::of)).toList());
    }

    private void dominantColumns() {
        List<ColumnDistribution> dominated = file.distributions().stream()
                .filter(distribution -> topShare(distribution) >= DOMINANT)
                .sorted(Comparator.comparingDouble(Highlights::topShare).reversed()).toList();
        if (!dominated.isEmpty()) {
            sentences.add("A single column holds a tenth of the energy or more: " + named(dominated.stream()
                    .map(distribution -> distribution.tensor().name().name() + " (column "
                            + distribution.top().getFirst().column() + ": " + percent(topShare(distribution)) + ")")
                    .toList()) + ".");
        }
    }

    private static double topShare(ColumnDistribution distribution) {
        return distribution.top().isEmpty() ? 0 : distribution.share(distribution.top().getFirst());
    }

    private void turns() {
        add("Unlike the same tensor in the layer before (low cosine)", Statistic.COSINE_SIMILARITY,
                inputs.stream().filter(tensor -> Statistic.COSINE_SIMILARITY.of(tensor) < TURNED)
                        .sorted(Comparator.comparingDouble(Statistic.COSINE_SIMILARITY::of)).toList());
    }

    private void experts() {
        List<TensorStats> without = file.withExpertLoad().stream()
                .filter(tensor -> tensor.sameInputAs() == null && tensor.entry().expertsWithoutData() > 0)
                .sorted(Comparator.<TensorStats>comparingDouble(Statistic.EXPERTS_WITHOUT_DATA::of).reversed())
                .toList();
        if (!without.isEmpty()) {
            sentences.add("Experts that no token reached: " + named(without.stream()
                    .map(tensor -> tensor.name().name() + " (" + tensor.entry().expertsWithoutData() + " of "
                            + tensor.entry().experts() + ")")
                    .toList()) + ".");
        }
    }

    private void add(String what, Statistic statistic, List<TensorStats> tensors) {
        if (!tensors.isEmpty()) {
            List<String> figures = Cells.of(Column.of(statistic), tensors);
            sentences.add(what + ": " + named(Stream.iterate(0, i -> i < tensors.size(), i -> i + 1)
                    .map(i -> tensors.get(i).name().name() + " (" + statistic.header() + " " + figures.get(i) + ")")
                    .toList()) + ".");
        }
    }

    private static String named(List<String> names) {
        String first = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return names.size() > MOST_NAMED ? first + " and " + (names.size() - MOST_NAMED) + " more" : first;
    }

    private static String percent(double share) {
        return Math.round(100 * share) + "%";
    }
}
