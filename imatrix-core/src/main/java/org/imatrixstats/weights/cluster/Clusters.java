package org.imatrixstats.weights.cluster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import org.imatrixstats.numeric.Sum;

/**
 * The clusters of a sample: optimal k-means for k of {@value #LEAST} to {@value #MOST}, the k with the best silhouette, and
 * what scalar quantizers with the best levels would cost.
 *
 * @param sampleSize     values in the sample
 * @param sampleDistinct different values in it
 * @param sampleMean     NaN of an empty sample
 * @param sha256         of the values, ascending, as little-endian 64-bit floats, −0 written as +0
 * @param byK            one entry per k, as far as there are different values; empty where there are fewer than
 *                       {@value #LEAST}
 * @param best           the clusters for the best k; null where there are none
 * @param quantizers     the optimal scalar quantizer of 1, 2, … bits, as far as there are more different values than levels
 */
public record Clusters(int sampleSize, int sampleDistinct, double sampleMean, String sha256, List<OfK> byK, Best best,
        List<Quantizer> quantizers) {
    public static final int LEAST = 3;
    public static final int MOST = 31;
    private static final int MOST_BITS = 5;

    /**
     * The best partition into k clusters.
     *
     * @param wcss       within-cluster sum of squares: Σ of the squared distances from the centres
     * @param silhouette mean silhouette, from −1 to 1
     */
    public record OfK(int k, double wcss, double silhouette) {
    }

    /**
     * The partition whose silhouette is largest, and of equal ones the one with fewer clusters.
     *
     * @param leadOverNextK how far the silhouette is above the next best; NaN if there is no other k
     * @param centers       means of the clusters, ascending
     * @param sizes         values of the sample in each
     * @param boundaries    midpoints of neighbouring centres, one fewer than centres
     */
    public record Best(int k, double silhouette, double leadOverNextK, double[] centers, long[] sizes,
            double[] boundaries) {
    }

    /**
     * A quantizer without blocks or scales, whose 2^bits levels are placed as well as they can be for the sample.
     *
     * @param mse           mean squared error
     * @param relativeError Σ(x − Q(x))² / Σx²; NaN if all are zero
     */
    public record Quantizer(int bits, int levels, double mse, double relativeError) {
    }

    /** The relative error of the best quantizer of so many bits; NaN where there is none. */
    public double relativeError(int bits) {
        return quantizers.stream().filter(each -> each.bits == bits).mapToDouble(Quantizer::relativeError).findFirst()
                .orElse(Double.NaN);
    }

    /** @param sorted finite values, ascending */
    public static Clusters of(double[] sorted) {
        Distinct values = Distinct.of(sorted);
        String sha256 = sha256(values);
        double mean = values.size() == 0 ? Double.NaN : values.mean(0, values.size());
        if (values.size() < 2) {
            return new Clusters(sorted.length, values.size(), mean, sha256, List.of(), null, List.of());
        }
        OptimalPartition partition = new OptimalPartition(values, Math.min(1 << MOST_BITS, values.size()));
        List<OfK> byK = new ArrayList<>();
        for (int k = LEAST; k <= Math.min(MOST, values.size()); k++) {
            int[] bounds = partition.bounds(k);
            byK.add(new OfK(k, wcss(values, bounds), Silhouette.of(values, bounds)));
        }
        return new Clusters(sorted.length, values.size(), mean, sha256, List.copyOf(byK),
                best(values, partition, byK), quantizers(values, partition));
    }

    private static double wcss(Distinct values, int[] bounds) {
        Sum sum = new Sum();
        for (int c = 0; c + 1 < bounds.length; c++) {
            sum.add(values.squares(bounds[c], bounds[c + 1], values.mean(bounds[c], bounds[c + 1])));
        }
        return sum.value();
    }

    private static Best best(Distinct values, OptimalPartition partition, List<OfK> byK) {
        OfK best = null;
        double next = Double.NaN;
        for (OfK each : byK) {
            if (best == null || each.silhouette > best.silhouette) {
                next = best == null ? next : best.silhouette;
                best = each;
            } else if (!(each.silhouette <= next)) {
                next = each.silhouette;
            }
        }
        return best == null ? null : best(values, partition.bounds(best.k), best, best.silhouette - next);
    }

    private static Best best(Distinct values, int[] bounds, OfK best, double lead) {
        double[] centers = new double[best.k];
        long[] sizes = new long[best.k];
        for (int c = 0; c < best.k; c++) {
            centers[c] = values.mean(bounds[c], bounds[c + 1]);
            sizes[c] = values.count(bounds[c], bounds[c + 1]);
        }
        return new Best(best.k, best.silhouette, lead, centers, sizes, boundaries(centers));
    }

    /** @param centers ascending */
    static double[] boundaries(double[] centers) {
        double[] boundaries = new double[centers.length - 1];
        for (int i = 0; i < boundaries.length; i++) {
            boundaries[i] = (centers[i] + centers[i + 1]) / 2;
        }
        return boundaries;
    }

    private static List<Quantizer> quantizers(Distinct values, OptimalPartition partition) {
        List<Quantizer> quantizers = new ArrayList<>();
        double energy = values.squares(0, values.size(), 0);
        for (int bits = 1; bits <= MOST_BITS && 1 << bits < values.size(); bits++) {
            double wcss = wcss(values, partition.bounds(1 << bits));
            quantizers.add(new Quantizer(bits, 1 << bits, wcss / values.count(), wcss / energy));
        }
        return List.copyOf(quantizers);
    }

    private static String sha256(Distinct values) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < values.size(); i++) {
                bytes.putDouble(0, values.value()[i]);
                for (int j = 0; j < values.occurrence()[i]; j++) {
                    digest.update(bytes.array());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
