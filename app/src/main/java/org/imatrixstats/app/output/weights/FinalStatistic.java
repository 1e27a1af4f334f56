package org.imatrixstats.app.output.weights;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.weights.ReviewStatistic;
import org.imatrixstats.weights.TensorReview;
import org.imatrixstats.weights.WeightStatistic;

/** The figures whose range over all tensors is told: the FINAL STATS of the published reviews. */
enum FinalStatistic {
    MIN(of(WeightStatistic.MIN)), //
    MAX(of(WeightStatistic.MAX)), //
    MEAN(of(WeightStatistic.MEAN)), //
    MEDIAN(Column.of(ReviewStatistic.MEDIAN)), //
    COUNT(of(WeightStatistic.COUNT)), //
    ZEROS(of(WeightStatistic.ZEROS)), //
    STD_DEV(of(WeightStatistic.STD_DEV));

    private final Column<TensorReview> column;

    FinalStatistic(Column<TensorReview> column) {
        this.column = column;
    }

    private static Column<TensorReview> of(WeightStatistic statistic) {
        return Column.of(statistic).on(TensorReview::sums);
    }

    Column<TensorReview> column() {
        return column;
    }

    boolean isCount() {
        return column.unit() == Figure.Unit.COUNT;
    }

    /** The first tensor with the least figure; null if none has one. */
    TensorReview least(List<TensorReview> tensors) {
        return first(tensors, column.number());
    }

    TensorReview greatest(List<TensorReview> tensors) {
        return first(tensors, tensor -> -column.number().applyAsDouble(tensor));
    }

    private static TensorReview first(List<TensorReview> tensors, ToDoubleFunction<TensorReview> figure) {
        return tensors.stream().filter(tensor -> !Double.isNaN(figure.applyAsDouble(tensor)))
                .min(Comparator.comparingDouble(figure)).orElse(null);
    }
}
