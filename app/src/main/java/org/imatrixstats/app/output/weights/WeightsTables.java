package org.imatrixstats.app.output.weights;

import static org.imatrixstats.app.output.PrioritizedColumn.priority;
import static org.imatrixstats.app.output.PrioritizedColumn.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.PrioritizedColumn;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.stats.Figure.Unit;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.weights.ChangeStatistic;
import org.imatrixstats.weights.ChangeSums;
import org.imatrixstats.weights.ModelChange;
import org.imatrixstats.weights.ModelReview;
import org.imatrixstats.weights.ReviewStatistic;
import org.imatrixstats.weights.RollUp;
import org.imatrixstats.weights.TensorReview;
import org.imatrixstats.weights.WeightStatistic;

/** What people are shown of a review or of a change: some lines, and tables with what stands out first. */
final class WeightsTables {
    private static final int SHOWN = 10;
    private static final int MOST_BITS = 5;
    private static final Comparator<TensorReview> OUTLIERS_FIRST = Column.of(ReviewStatistic.PEAK).order(true);
    private static final Comparator<ModelChange.TensorChange> CHANGED_MOST_FIRST = Column
            .of(ChangeStatistic.RELATIVE_CHANGE).on(ModelChange.TensorChange::sums).order(true);

    /** The tensors of a kind, and the one that stands out most. */
    private record Kind(String name, RollUp rollUp, List<TensorReview> tensors) {
        /** The largest figure of a tensor; NaN if none has one. */
        double most(Figure<TensorReview> figure) {
            return tensors.stream().mapToDouble(figure::of).filter(Double::isFinite).max().orElse(Double.NaN);
        }

        double beyond6() {
            long beyond = tensors.stream().filter(tensor -> tensor.distribution().histogram() != null)
                    .mapToLong(tensor -> tensor.distribution().beyondSigma()[2]).sum();
            return rollUp.sums().finite() == 0 ? Double.NaN : (double) beyond / rollUp.sums().finite();
        }
    }

    /** A layer or a kind, and what changed in it. */
    private record Part(String name, ChangeSums sums) {
    }

    private WeightsTables() {
    }

    static String title(WeightsReport report) {
        ModelReview review = report.review();
        return review.name() + ": " + count(review.total().tensors(), "tensor") + ", "
                + Numbers.grouped(review.total().sums().count()) + " weights, "
                + (review.total().sums().count() == 0
                        ? Cells.UNDEFINED
                        : Numbers.fixed(review.total().bitsPerWeight(), 2))
                + " bits per weight" + (report.architecture() == null ? "" : ", " + report.architecture());
    }

    private static String count(long number, String what) {
        return Numbers.grouped(number) + " " + what + (number == 1 ? "" : "s");
    }

    /** What there is to say beside the tables. */
    static List<String> lines(WeightsReport report) {
        List<String> lines = new ArrayList<>();
        ModelReview review = report.review();
        lines.add(Numbers.grouped(review.total().sums().zeros()) + " zeros, "
                + Numbers.grouped(review.total().sums().subnormals()) + " subnormal");
        if (report.imatrix() != null) {
            long weighted = review.tensors().stream().filter(tensor -> tensor.weighted() != null).count();
            lines.add("importance from " + report.imatrix() + " for " + count(weighted, "tensor"));
        }
        if (review.finalClusters() != null && review.finalClusters().best() != null) {
            lines.add("sample of " + Numbers.grouped(review.finalClusters().sampleSize()) + " values: "
                    + review.finalClusters().best().k() + " clusters, silhouette "
                    + Numbers.fixed(review.finalClusters().best().silhouette(), 4));
        }
        return lines;
    }

    /** Values that no model should have. */
    static List<String> warnings(WeightsReport report) {
        return report.review().tensors().stream().filter(tensor -> tensor.sums().finite() < tensor.sums().count())
                .map(tensor -> tensor.name() + " has " + tensor.sums().nan() + " NaN and "
                        + (tensor.sums().positiveInfinite() + tensor.sums().negativeInfinite())
                        + " infinite values; its other figures leave them out")
                .toList();
    }

    static List<TextTable> tables(WeightsReport report, boolean all) {
        List<TextTable> tables = new ArrayList<>(List.of(kinds(report.review()), tensors(report.review(), all)));
        shared(report.review()).ifPresent(tables::add);
        quantizers(report.review()).ifPresent(tables::add);
        return tables;
    }

    private static TextTable kinds(ModelReview review) {
        Map<String, List<TensorReview>> tensors = review.tensors().stream()
                .collect(Collectors.groupingBy(tensor -> tensor.name().kind()));
        List<Kind> kinds = review.kinds().entrySet().stream()
                .map(entry -> new Kind(entry.getKey(), entry.getValue(), tensors.get(entry.getKey())))
                .sorted(Column.<Kind>number("", "", Unit.RATIO, kind -> kind.most(ReviewStatistic.PEAK)).order(true))
                .toList();
        return table("Kinds, the one with the largest outlier first", kinds, List.of(
                priority(0, Column.text("kind", "kind", Kind::name)),
                priority(5, Column.number("tensors", "tensors", Unit.COUNT, kind -> kind.rollUp().tensors())),
                priority(6, Column.of(WeightStatistic.COUNT).on(kind -> kind.rollUp().sums())),
                priority(1, Column.of(WeightStatistic.STD_DEV).on(kind -> kind.rollUp().sums())),
                priority(4, Column.of(WeightStatistic.ABS_MAX).on(kind -> kind.rollUp().sums())),
                priority(0, most(ReviewStatistic.PEAK)),
                priority(2, Column.number("kurtosis", "kurtosis", Unit.NUMBER,
                        kind -> kind.tensors().stream().mapToDouble(tensor -> tensor.sums().kurtosis())
                                .filter(Double::isFinite).max().orElse(Double.NaN))),
                priority(3, Column.number("beyond", ">6σ", Unit.SHARE, Kind::beyond6)),
                priority(3, most(ReviewStatistic.COLUMN_NORMS)), priority(7, most(ReviewStatistic.ROW_NORMS)),
                priority(8, Column.of(WeightStatistic.ZERO_PERCENT).on(kind -> kind.rollUp().sums()))));
    }

    private static Column<Kind> most(ReviewStatistic figure) {
        return Column.number(figure.key(), figure.header(), figure.unit(), kind -> kind.most(figure));
    }

    private static TextTable tensors(ModelReview review, boolean all) {
        List<TensorReview> rows = all
                ? review.tensors()
                : review.tensors().stream().sorted(OUTLIERS_FIRST).limit(SHOWN).toList();
        List<PrioritizedColumn<TensorReview>> columns = new ArrayList<>(List.of(
                priority(0, Column.text("name", "tensor", tensor -> tensor.name().name())),
                priority(4, Column.text("dtype", "type", tensor -> WeightsReport.type(tensor.info()))),
                priority(8, Column.text("shape", "shape", tensor -> WeightsReport.shapeText(tensor.info()))),
                priority(6, Column.of(WeightStatistic.MEAN).on(TensorReview::sums)),
                priority(1, Column.of(WeightStatistic.STD_DEV).on(TensorReview::sums)),
                priority(5, Column.of(WeightStatistic.ABS_MAX).on(TensorReview::sums)),
                priority(0, Column.of(ReviewStatistic.PEAK)),
                priority(2, Column.of(WeightStatistic.KURTOSIS).on(TensorReview::sums)),
                priority(3, Column.of(ReviewStatistic.BEYOND_6)), priority(3, Column.of(ReviewStatistic.COLUMN_NORMS)),
                priority(7, Column.of(ReviewStatistic.ROW_NORMS))));
        if (rows.stream().anyMatch(tensor -> tensor.weighted() != null)) {
            columns.add(priority(7, Column.of(ReviewStatistic.WEIGHTED_STD_DEV)));
        }
        columns.add(priority(9, Column.of(ReviewStatistic.BEST_K)));
        String title = all || rows.size() == review.tensors().size()
                ? "All tensors"
                : "Tensors with the largest outliers (--all shows all " + review.tensors().size() + ")";
        return table(title, rows, columns);
    }

    /** Columns that quantization hurts most. */
    private static Optional<TextTable> shared(ModelReview review) {
        List<TensorReview> rows = review.tensors().stream()
                .filter(tensor -> tensor.weighted() != null && !tensor.weighted().sharedOutliers().isEmpty()).toList();
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(table("Columns with large weights and large activations", rows, List.of(
                        priority(0, Column.text("name", "tensor", tensor -> tensor.name().name())),
                        priority(1, Column.of(ReviewStatistic.SHARED_OUTLIERS)),
                        priority(0, Column.text("columns", "columns", tensor -> tensor.weighted().sharedOutliers()
                                .stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(" ")))))));
    }

    /** What the best levels would cost without the scales that real types have. */
    private static Optional<TextTable> quantizers(ModelReview review) {
        List<TensorReview> matrices = review.tensors().stream()
                .filter(tensor -> tensor.clusters() != null && tensor.info().rows() > 1).toList();
        record Bits(int bits, double[] errors) {
        }
        List<Bits> rows = Stream.iterate(1, bits -> bits <= MOST_BITS, bits -> bits + 1)
                .map(bits -> new Bits(bits, matrices.stream()
                        .mapToDouble(tensor -> tensor.clusters().relativeError(bits)).filter(Double::isFinite).sorted()
                        .toArray()))
                .filter(row -> row.errors.length > 0).toList();
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(table("Best scalar quantizer of a matrix, without blocks or scales: Σ(w − Q(w))² / Σw²",
                        rows, List.of(priority(0, Column.number("bits", "bits", Unit.COUNT, Bits::bits)),
                                priority(0, Column.number("levels", "levels", Unit.COUNT, row -> 1 << row.bits)),
                                priority(0, Column.number("least", "least", Unit.NUMBER, row -> row.errors[0])),
                                priority(0, Column.number("median", "median", Unit.NUMBER,
                                        row -> row.errors[row.errors.length / 2])),
                                priority(0, Column.number("most", "most", Unit.NUMBER,
                                        row -> row.errors[row.errors.length - 1])))));
    }

    static String title(ModelChange change) {
        return change.nameA() + " → " + change.nameB();
    }

    static List<String> lines(ModelChange change) {
        List<String> lines = new ArrayList<>();
        long changed = change.tensors().stream().filter(tensor -> tensor.sums().changed() > 0).count();
        lines.add(count(changed, "tensor") + " of " + Numbers.grouped(change.tensors().size()) + " changed, "
                + Numbers.grouped(change.total().changed()) + " of " + Numbers.grouped(change.total().count())
                + " values");
        lines.add("‖Δ‖/‖A‖ " + Cells.cell(change.total().relativeChange(), Unit.SHARE) + ", cosine "
                + Cells.cell(change.total().cosine(), Unit.CORRELATION));
        only(lines, change.onlyA(), change.nameA());
        only(lines, change.onlyB(), change.nameB());
        return lines;
    }

    private static void only(List<String> lines, List<String> names, String model) {
        if (!names.isEmpty()) {
            lines.add("only in " + model + ": " + names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                    + (names.size() > SHOWN ? ", … (" + names.size() + ")" : ""));
        }
    }

    static List<TextTable> tables(ModelChange change, boolean all) {
        List<Part> kinds = change.kinds().entrySet().stream().map(entry -> new Part(entry.getKey(), entry.getValue()))
                .sorted(Column.of(ChangeStatistic.RELATIVE_CHANGE).on(Part::sums).order(true)).toList();
        List<Part> layers = change.layers().entrySet().stream()
                .map(entry -> new Part(entry.getKey() == TensorName.NO_LAYER ? "none" : entry.getKey().toString(),
                        entry.getValue()))
                .toList();
        List<ModelChange.TensorChange> tensors = all
                ? change.tensors()
                : change.tensors().stream().filter(tensor -> tensor.sums().changed() > 0).sorted(CHANGED_MOST_FIRST)
                        .limit(SHOWN).toList();
        List<PrioritizedColumn<ModelChange.TensorChange>> columns = new ArrayList<>(List.of(
                priority(0, Column.text("name", "tensor", tensor -> tensor.name().name())),
                priority(4, Column.text("dtype_a", "A", tensor -> WeightsReport.type(tensor.a()))),
                priority(4, Column.text("dtype_b", "B", tensor -> WeightsReport.type(tensor.b())))));
        columns.addAll(changes(change, ModelChange.TensorChange::sums));
        columns.add(priority(5, Column.text("at", "at", tensor -> tensor.largestAt() == null
                ? null
                : tensor.largestAt()[0] + ", " + tensor.largestAt()[1])));
        return List.of(parts("kind", "Kinds, the most changed first", kinds, change),
                parts("layer", "Layers", layers, change),
                table(all || tensors.size() == change.tensors().size()
                        ? "All tensors"
                        : "Tensors that changed most (--all shows all " + change.tensors().size() + ")", tensors,
                        columns));
    }

    private static TextTable parts(String name, String title, List<Part> parts, ModelChange change) {
        List<PrioritizedColumn<Part>> columns = new ArrayList<>(
                List.of(priority(0, Column.text(name, name, Part::name))));
        columns.addAll(changes(change, Part::sums));
        return table(title, parts, columns);
    }

    private static <R> List<PrioritizedColumn<R>> changes(ModelChange change, Function<R, ChangeSums> sums) {
        boolean weighted = !Double.isNaN(change.total().weightedRelativeChange());
        return Stream.of(ChangeStatistic.RELATIVE_CHANGE, ChangeStatistic.WEIGHTED_RELATIVE_CHANGE,
                ChangeStatistic.COSINE, ChangeStatistic.CHANGED_SHARE, ChangeStatistic.LARGEST_CHANGE)
                .filter(each -> weighted || each != ChangeStatistic.WEIGHTED_RELATIVE_CHANGE)
                .map(each -> priority(each == ChangeStatistic.LARGEST_CHANGE ? 2 : 0, Column.of(each).on(sums)))
                .toList();
    }
}
