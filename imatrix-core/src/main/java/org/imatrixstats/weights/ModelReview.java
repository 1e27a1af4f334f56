package org.imatrixstats.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.tensor.TensorSource;
import org.imatrixstats.weights.cluster.Clusters;

/**
 * The statistical review of the weights of a model.
 *
 * @param tensors       in the order of the file
 * @param layers        by block number, ascending; {@link TensorName#NO_LAYER} for tensors outside any block
 * @param kinds         by {@link TensorName#kind}, in the order of the file
 * @param finalSample   of the samples of all tensors together; null without clusters
 * @param finalClusters of the same
 */
public record ModelReview(String name, List<TensorReview> tensors, SequencedMap<Integer, RollUp> layers,
        SequencedMap<String, RollUp> kinds, RollUp total, Distribution finalSample, Clusters finalClusters) {
    /** The number of the published reviews. */
    public static final int DEFAULT_BINS = 16;

    /**
     * Reads all tensors.
     *
     * @param progress is told how many bytes of tensors have been read, by any thread, one at a time
     */
    public static ModelReview of(TensorSource source, ReviewOptions options, LongConsumer progress) throws IOException {
        List<TensorReview> scanned = new ArrayList<>();
        for (TensorInfo tensor : source.tensors()) {
            scanned.add(
                    new TensorScan(source, tensor, Importance.of(options.imatrix(), tensor), options, progress)
                            .review());
        }
        TensorReview[] tensors = scanned.toArray(TensorReview[]::new);
        if (options.clusters()) {
            Parallel.forEach(tensors.length, options.threads(), () -> null,
                    (_, i) -> tensors[i] = tensors[i].withClusters(Clusters.of(doubles(tensors[i].sample()))));
        }
        return of(source.name(), List.of(tensors), options);
    }

    private static ModelReview of(String name, List<TensorReview> tensors, ReviewOptions options) {
        TreeMap<Integer, RollUp> layers = new TreeMap<>();
        SequencedMap<String, RollUp> kinds = new LinkedHashMap<>();
        RollUp total = RollUp.NONE;
        for (TensorReview tensor : tensors) {
            add(layers, tensor.name().layer(), tensor);
            add(kinds, tensor.name().kind(), tensor);
            total = total.with(tensor);
        }
        if (!options.clusters()) {
            return new ModelReview(name, tensors, layers, kinds, total, null, null);
        }
        float[] pooled = pooled(tensors);
        return new ModelReview(name, tensors, layers, kinds, total, Distribution.of(pooled, options.bins()),
                Clusters.of(doubles(pooled)));
    }

    /** The same without the figures of each expert. */
    public ModelReview withoutExperts() {
        return new ModelReview(name, tensors.stream().map(TensorReview::withoutExperts).toList(), layers, kinds, total,
                finalSample, finalClusters);
    }

    private static <K> void add(Map<K, RollUp> rollUps, K key, TensorReview tensor) {
        rollUps.put(key, rollUps.getOrDefault(key, RollUp.NONE).with(tensor));
    }

    private static float[] pooled(List<TensorReview> tensors) {
        float[] pooled = new float[tensors.stream().mapToInt(tensor -> tensor.sample().length).sum()];
        int size = 0;
        for (TensorReview tensor : tensors) {
            System.arraycopy(tensor.sample(), 0, pooled, size, tensor.sample().length);
            size += tensor.sample().length;
        }
        Arrays.sort(pooled);
        return pooled;
    }

    private static double[] doubles(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }
}
