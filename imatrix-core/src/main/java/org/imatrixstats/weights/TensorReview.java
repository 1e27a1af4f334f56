package org.imatrixstats.weights;

import java.util.List;

import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.weights.cluster.Clusters;

/**
 * The figures of one tensor.
 *
 * @param sample   see {@link Sample}, ascending; empty without clusters
 * @param clusters of the sample; null without clusters
 * @param weighted null without an importance matrix for the tensor
 * @param experts  of a tensor of three dimensions, else empty
 */
public record TensorReview(TensorName name, TensorInfo info, Distribution distribution, float[] sample,
        Clusters clusters, Norms rowNorms, Norms columnNorms, Weighted weighted, List<WeightSums> experts) {

    TensorReview withClusters(Clusters ofSample) {
        return new TensorReview(name, info, distribution, sample, ofSample, rowNorms, columnNorms, weighted, experts);
    }

    TensorReview withoutExperts() {
        return new TensorReview(name, info, distribution, sample, clusters, rowNorms, columnNorms, weighted, List.of());
    }

    public WeightSums sums() {
        return distribution.sums();
    }
}
