package org.imatrixstats.app.output.weights;

import java.io.StringWriter;
import java.util.stream.DoubleStream;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.weights.ModelReview;
import org.imatrixstats.weights.TensorReview;
import org.imatrixstats.weights.cluster.Clusters;

import tools.jackson.core.JsonGenerator;

/**
 * {@code metrics.json} of the LLM Model Weight Statistical Review (github.com/cyrusradfar/llm-model-review): an object by
 * tensor, each with the same 18 keys in the same order. The first and last boundary are texts, because JSON has no
 * infinities. There are no pictures beside it, and no time is told, so that equal models give equal files.
 */
public final class ReviewMetrics {
    private ReviewMetrics() {
    }

    public static String text(ModelReview review) {
        StringWriter text = new StringWriter();
        JsonGenerator json = Json.generator(text, true);
        json.writeStartObject();
        for (TensorReview tensor : review.tensors()) {
            json.writeObjectPropertyStart(tensor.name().name());
            write(json, tensor);
            json.writeEndObject();
        }
        json.writeEndObject();
        json.close();
        return text + "\n";
    }

    private static void write(JsonGenerator json, TensorReview tensor) {
        json.writeArrayPropertyStart("shape");
        WeightsReport.shape(tensor.info()).forEach(json::writeNumber);
        json.writeEndArray();
        json.writeNumberProperty("cluster_calc_time_sec", 0);
        json.writeNumberProperty("count_nonzero", tensor.sums().nonzero());
        json.writeNumberProperty("zeros", tensor.sums().zeros());
        json.writeNumberProperty("count", tensor.sums().count());
        number(json, "zero_percent", 100.0 * tensor.sums().zeros() / tensor.sums().count());
        number(json, "min", tensor.sums().least());
        number(json, "max", tensor.sums().greatest());
        number(json, "mean", tensor.sums().average());
        number(json, "median", tensor.distribution().median());
        number(json, "std_dev", tensor.sums().stdDev());
        histogram(json, tensor);
        json.writeNullProperty("plot_file");
        json.writeNullProperty("plot_file_cluster");
        clusters(json, tensor.clusters().best());
    }

    private static void histogram(JsonGenerator json, TensorReview tensor) {
        json.writeName("freq_table");
        if (tensor.distribution().histogram() == null) {
            json.writeNull();
            return;
        }
        long[] counts = tensor.distribution().histogram().counts();
        double[] edges = tensor.distribution().histogram().edges();
        json.writeStartObject();
        json.writeObjectPropertyStart("table");
        json.writeArrayPropertyStart("header");
        json.writeString("freq");
        json.writeString("value");
        json.writeEndArray();
        json.writeArrayPropertyStart("data");
        json.writeArray(counts, 0, counts.length);
        json.writeArray(edges, 0, edges.length);
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void clusters(JsonGenerator json, Clusters.Best best) {
        if (best == null) {
            json.writeNullProperty("best_n_clusters");
            json.writeNullProperty("best_cluster_centers");
            json.writeNullProperty("best_silhouette_score");
            json.writeNullProperty("best_cluster_boundaries");
            return;
        }
        json.writeNumberProperty("best_n_clusters", best.k());
        json.writeArrayPropertyStart("best_cluster_centers");
        for (double center : best.centers()) {
            json.writeArray(new double[]{center}, 0, 1);
        }
        json.writeEndArray();
        json.writeNumberProperty("best_silhouette_score", best.silhouette());
        json.writeArrayPropertyStart("best_cluster_boundaries");
        json.writeString("-Infinity");
        DoubleStream.of(best.boundaries()).forEach(json::writeNumber);
        json.writeString("Infinity");
        json.writeEndArray();
    }

    private static void number(JsonGenerator json, String key, double value) {
        if (Double.isFinite(value)) {
            json.writeNumberProperty(key, value);
        } else {
            json.writeNullProperty(key);
        }
    }
}
