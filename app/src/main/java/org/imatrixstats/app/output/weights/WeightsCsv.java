package org.imatrixstats.app.output.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.RowWriter;
import org.imatrixstats.stats.Figure.Unit;
import org.imatrixstats.weights.ChangeStatistic;
import org.imatrixstats.weights.Distribution;
import org.imatrixstats.weights.ModelChange;
import org.imatrixstats.weights.ModelReview;
import org.imatrixstats.weights.ReviewStatistic;
import org.imatrixstats.weights.TensorReview;
import org.imatrixstats.weights.WeightStatistic;

/** A row per tensor, with the keys of the JSON. */
final class WeightsCsv {
    private WeightsCsv() {
    }

    static String text(ModelReview review) {
        return text(columns(), review.tensors());
    }

    static String text(ModelChange change) {
        return text(changeColumns(), change.tensors());
    }

    private static <R> String text(List<Column<R>> columns, List<R> rows) {
        RowWriter csv = DelimitedWriter.csv();
        csv.add(List.of(), List.of(), "tensor", columns, rows);
        return csv.text();
    }

    /** All columns that there are for a tensor. */
    static List<Column<TensorReview>> columns() {
        List<Column<TensorReview>> columns = new ArrayList<>(List.of(
                Column.text("name", "tensor", tensor -> tensor.name().name()),
                Column.number("layer", "layer", Unit.COUNT, tensor -> Level.layer(tensor.name())),
                Column.text("kind", "kind", tensor -> tensor.name().kind()),
                Column.text("shape", "shape", tensor -> WeightsReport.shapeText(tensor.info())),
                Column.text("dtype", "type", tensor -> WeightsReport.type(tensor.info())),
                Column.number("bytes", "bytes", Unit.COUNT, tensor -> tensor.info().bytes())));
        Stream.of(WeightStatistic.values()).map(each -> Column.of(each).on(TensorReview::sums)).forEach(columns::add);
        Stream.of(ReviewStatistic.values()).map(Column::of).forEach(columns::add);
        Distribution.QUANTILES.stream().map(percent -> Column.<TensorReview>number("quantiles." + percent(percent),
                percent(percent) + "%", Unit.NUMBER, tensor -> tensor.distribution().quantile(percent)))
                .forEach(columns::add);
        return columns;
    }

    /** All columns that there are for the change of a tensor. */
    static List<Column<ModelChange.TensorChange>> changeColumns() {
        List<Column<ModelChange.TensorChange>> columns = new ArrayList<>(List.of(
                Column.text("name", "tensor", tensor -> tensor.name().name()),
                Column.number("layer", "layer", Unit.COUNT, tensor -> Level.layer(tensor.name())),
                Column.text("kind", "kind", tensor -> tensor.name().kind()),
                Column.text("shape", "shape", tensor -> WeightsReport.shapeText(tensor.a())),
                Column.text("dtype_a", "type A", tensor -> WeightsReport.type(tensor.a())),
                Column.text("dtype_b", "type B", tensor -> WeightsReport.type(tensor.b()))));
        Stream.of(ChangeStatistic.values()).map(each -> Column.of(each).on(ModelChange.TensorChange::sums))
                .forEach(columns::add);
        return columns;
    }

    /** No decimal point if none is needed: 0.01, 1, 99.9. */
    static String percent(double percent) {
        return percent == (long) percent ? Long.toString((long) percent) : Double.toString(percent);
    }
}
