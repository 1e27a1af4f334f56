package org.imatrixstats.app.output.weights;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.JsonRow;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.weights.ChangeStatistic;
import org.imatrixstats.weights.ChangeSums;
import org.imatrixstats.weights.Distribution;
import org.imatrixstats.weights.ModelChange;
import org.imatrixstats.weights.Norms;
import org.imatrixstats.weights.ReviewStatistic;
import org.imatrixstats.weights.RollUp;
import org.imatrixstats.weights.TensorReview;
import org.imatrixstats.weights.WeightStatistic;
import org.imatrixstats.weights.WeightSums;
import org.imatrixstats.weights.Weighted;
import org.imatrixstats.weights.cluster.Clusters;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/weights/1}, described by {@code docs/schema/weights-1.schema.json}. */
public final class WeightsJson {
    private static final JsonRow<WeightSums> SUMS = new JsonRow<>(
            Stream.of(WeightStatistic.values()).map(Column::of).toList());
    private static final JsonRow<ChangeSums> CHANGES = new JsonRow<>(
            Stream.of(ChangeStatistic.values()).map(Column::of).toList());

    private final JsonGenerator json;

    private WeightsJson(JsonGenerator json) {
        this.json = json;
    }

    /**
     * The reviews of some models, and what changed between them.
     *
     * @param change null if there is nothing to compare
     */
    public static String text(List<WeightsReport> reports, ModelChange change) {
        StringWriter text = new StringWriter();
        WeightsJson writer = new WeightsJson(Json.generator(text, true));
        writer.write(reports, change);
        return text + "\n";
    }

    private void write(List<WeightsReport> reports, ModelChange change) {
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/weights/1");
        json.writeArrayPropertyStart("models");
        reports.forEach(this::write);
        json.writeEndArray();
        if (change == null) {
            json.writeNullProperty("changes");
        } else {
            json.writeName("changes");
            write(change);
        }
        json.writeEndObject();
        json.close();
    }

    private void write(WeightsReport report) {
        json.writeStartObject();
        json.writeStringProperty("file", report.review().name());
        json.writeStringProperty("architecture", report.architecture());
        json.writeStringProperty("imatrix", report.imatrix());
        json.writeArrayPropertyStart("tensors");
        report.review().tensors().forEach(this::write);
        json.writeEndArray();
        groups(report.review().layers(), report.review().kinds(), this::fields);
        json.writeObjectPropertyStart("total");
        fields(report.review().total());
        number("bits_per_weight", report.review().total().bitsPerWeight());
        json.writeEndObject();
        finalSample(report);
        finalStats(report.review().tensors());
        json.writeEndObject();
    }

    private <T> void groups(Map<Integer, T> layers, Map<String, T> kinds, Consumer<T> fields) {
        json.writeArrayPropertyStart("layers");
        layers.forEach((layer, sums) -> {
            json.writeStartObject();
            json.writeNumberProperty("layer", layer);
            fields.accept(sums);
            json.writeEndObject();
        });
        json.writeEndArray();
        json.writeArrayPropertyStart("kinds");
        kinds.forEach((kind, sums) -> {
            json.writeStartObject();
            json.writeStringProperty("kind", kind);
            fields.accept(sums);
            json.writeEndObject();
        });
        json.writeEndArray();
    }

    private void fields(TensorName name) {
        json.writeStringProperty("name", name.name());
        json.writeName("layer");
        if (name.hasLayer()) {
            json.writeNumber(name.layer());
        } else {
            json.writeNull();
        }
        json.writeStringProperty("kind", name.kind());
    }

    private void fields(RollUp rollUp) {
        json.writeNumberProperty("tensors", rollUp.tensors());
        SUMS.writeFields(json, rollUp.sums());
        json.writeNumberProperty("bytes", rollUp.bytes());
    }

    private void write(TensorReview tensor) {
        json.writeStartObject();
        fields(tensor.name());
        longs("shape", WeightsReport.shape(tensor.info()));
        longs("ne", tensor.info().dims());
        json.writeStringProperty("dtype", WeightsReport.type(tensor.info()));
        json.writeNumberProperty("bytes", tensor.info().bytes());
        fields(tensor.distribution());
        number("peak", ReviewStatistic.PEAK.of(tensor));
        write(tensor.clusters());
        write("row_norms", tensor.rowNorms());
        write("column_norms", tensor.columnNorms());
        write(tensor.weighted());
        if (!tensor.experts().isEmpty()) {
            experts(tensor.experts());
        }
        json.writeEndObject();
    }

    private void fields(Distribution distribution) {
        SUMS.writeFields(json, distribution.sums());
        json.writeName("distinct");
        if (distribution.distinct() < 0) {
            json.writeNull();
        } else {
            json.writeNumber(distribution.distinct());
        }
        number("median", distribution.median());
        if (distribution.histogram() == null) {
            List.of("quantiles", "histogram", "beyond_sigma").forEach(json::writeNullProperty);
            return;
        }
        json.writeObjectPropertyStart("quantiles");
        Distribution.QUANTILES.forEach(percent -> number(WeightsCsv.percent(percent), distribution.quantile(percent)));
        json.writeEndObject();
        json.writeObjectPropertyStart("histogram");
        longs("counts", distribution.histogram().counts());
        doubles("edges", distribution.histogram().edges());
        json.writeEndObject();
        json.writeObjectPropertyStart("beyond_sigma");
        for (int i = 0; i < Distribution.SIGMAS.size(); i++) {
            json.writeObjectPropertyStart(Distribution.SIGMAS.get(i).toString());
            json.writeNumberProperty("count", distribution.beyondSigma()[i]);
            number("share", distribution.shareBeyond(Distribution.SIGMAS.get(i)));
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void write(Clusters clusters) {
        json.writeName("clusters");
        if (clusters == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeNumberProperty("sample_size", clusters.sampleSize());
        json.writeNumberProperty("sample_distinct", clusters.sampleDistinct());
        number("sample_mean", clusters.sampleMean());
        json.writeStringProperty("sha256", clusters.sha256());
        json.writeArrayPropertyStart("by_k");
        for (Clusters.OfK each : clusters.byK()) {
            json.writeStartObject();
            json.writeNumberProperty("k", each.k());
            number("wcss", each.wcss());
            number("silhouette", each.silhouette());
            json.writeEndObject();
        }
        json.writeEndArray();
        write(clusters.best());
        json.writeObjectPropertyStart("quantizers");
        for (Clusters.Quantizer each : clusters.quantizers()) {
            json.writeObjectPropertyStart(Integer.toString(each.bits()));
            json.writeNumberProperty("levels", each.levels());
            number("mse", each.mse());
            number("relative_error", each.relativeError());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void write(Clusters.Best best) {
        if (best == null) {
            List.of("best_k", "best_silhouette", "lead_over_next_k", "centers", "sizes", "boundaries")
                    .forEach(json::writeNullProperty);
            return;
        }
        json.writeNumberProperty("best_k", best.k());
        number("best_silhouette", best.silhouette());
        number("lead_over_next_k", best.leadOverNextK());
        doubles("centers", best.centers());
        longs("sizes", best.sizes());
        doubles("boundaries", best.boundaries());
    }

    private void write(String key, Norms norms) {
        json.writeObjectPropertyStart(key);
        json.writeNumberProperty("count", norms.n());
        number("min", norms.min());
        number("median", norms.median());
        number("max", norms.max());
        number("max_over_median", norms.maxOverMedian());
        json.writeNumberProperty("outliers", norms.outliers());
        json.writeArrayPropertyStart("largest");
        for (Norms.Outlier each : norms.largest()) {
            json.writeStartObject();
            json.writeNumberProperty("index", each.index());
            number("norm", each.norm());
            number("over_median", each.overMedian());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(Weighted weighted) {
        json.writeName("weighted");
        if (weighted == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        number("mean", weighted.mean());
        number("std_dev", weighted.stdDev());
        number("l2_norm", weighted.l2Norm());
        write("activations", weighted.activations());
        json.writeArrayPropertyStart("shared_outliers");
        weighted.sharedOutliers().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void experts(List<WeightSums> experts) {
        json.writeArrayPropertyStart("experts");
        for (int expert = 0; expert < experts.size(); expert++) {
            json.writeStartObject();
            json.writeNumberProperty("expert", expert);
            json.writeNumberProperty("finite", experts.get(expert).finite());
            SUMS.writeFields(json, experts.get(expert));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void finalSample(WeightsReport report) {
        json.writeName("final_sample");
        Distribution sample = report.review().finalSample();
        if (sample == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        longs("shape", List.of(sample.sums().count()));
        fields(sample);
        write(report.review().finalClusters());
        json.writeEndObject();
    }

    private void finalStats(List<TensorReview> tensors) {
        json.writeObjectPropertyStart("final_stats");
        for (FinalStatistic statistic : FinalStatistic.values()) {
            Column<TensorReview> column = statistic.column();
            json.writeObjectPropertyStart(column.key());
            json.writeArrayPropertyStart("values");
            tensors.forEach(tensor -> value(column.number().applyAsDouble(tensor), statistic.isCount()));
            json.writeEndArray();
            extreme("least", statistic.least(tensors), statistic);
            extreme("greatest", statistic.greatest(tensors), statistic);
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void extreme(String key, TensorReview tensor, FinalStatistic statistic) {
        json.writeName(key);
        if (tensor == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeName("value");
        value(statistic.column().number().applyAsDouble(tensor), statistic.isCount());
        json.writeStringProperty("tensor", tensor.name().name());
        json.writeEndObject();
    }

    private void write(ModelChange change) {
        json.writeStartObject();
        json.writeStringProperty("a", change.nameA());
        json.writeStringProperty("b", change.nameB());
        json.writeArrayPropertyStart("tensors");
        change.tensors().forEach(this::write);
        json.writeEndArray();
        groups(change.layers(), change.kinds(), sums -> CHANGES.writeFields(json, sums));
        json.writeName("total");
        CHANGES.write(json, change.total());
        Json.writeTexts(json, "only_a", change.onlyA());
        Json.writeTexts(json, "only_b", change.onlyB());
        json.writeEndObject();
    }

    private void write(ModelChange.TensorChange tensor) {
        json.writeStartObject();
        fields(tensor.name());
        longs("shape", WeightsReport.shape(tensor.a()));
        json.writeStringProperty("dtype_a", WeightsReport.type(tensor.a()));
        json.writeStringProperty("dtype_b", WeightsReport.type(tensor.b()));
        CHANGES.writeFields(json, tensor.sums());
        if (tensor.largestAt() == null) {
            json.writeNullProperty("largest_at");
        } else {
            longs("largest_at", tensor.largestAt());
        }
        json.writeEndObject();
    }

    private void value(double value, boolean count) {
        if (!Double.isFinite(value)) {
            json.writeNull();
        } else if (count) {
            json.writeNumber((long) value);
        } else {
            json.writeNumber(value);
        }
    }

    private void number(String key, double value) {
        json.writeName(key);
        value(value, false);
    }

    private void longs(String key, List<Long> values) {
        json.writeArrayPropertyStart(key);
        values.forEach(json::writeNumber);
        json.writeEndArray();
    }

    private void longs(String key, long[] values) {
        json.writeName(key);
        json.writeArray(values, 0, values.length);
    }

    private void doubles(String key, double[] values) {
        json.writeName(key);
        json.writeArray(values, 0, values.length);
    }
}
