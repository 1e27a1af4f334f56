package org.imatrixstats.stats;

import java.util.Arrays;
import java.util.List;

import org.imatrixstats.numeric.Median;
import org.imatrixstats.numeric.Spread;

/** The tensors of one kind, over all layers; {@link KindStatistic} makes figures of them. */
public final class KindStats {
    private static final int LEAST_FOR_TREND = 5;

    private final String kind;
    private final List<TensorStats> tensors;
    private final double sumOfAllKinds;
    private final LogSpread spread;

    KindStats(String kind, List<TensorStats> tensors, double sumOfAllKinds) {
        this.kind = kind;
        this.tensors = List.copyOf(tensors);
        this.sumOfAllKinds = sumOfAllKinds;
        this.spread = Standings.ofMeans(tensors);
    }

    /** Such as {@code ffn_down}. */
    public String kind() {
        return kind;
    }

    /** At least one, by layer. */
    public List<TensorStats> tensors() {
        return tensors;
    }

    double sumOfAllKinds() {
        return sumOfAllKinds;
    }

    double[] figures(Statistic statistic) {
        return tensors.stream().mapToDouble(statistic::of).filter(figure -> !Double.isNaN(figure)).toArray();
    }

    /** The median of the tensors' mean E[x²]; NaN if none has one. */
    public double medianMean() {
        return Median.of(figures(Statistic.MEAN));
    }

    double spread() {
        return spread.spread().n() < 2 ? Double.NaN : spread.sigma();
    }

    /** The largest mean E[x²] over the smallest. */
    double ratio() {
        return spread.spread().n() < 2 || Double.isInfinite(spread.range()) ? Double.NaN : Math.exp(spread.range());
    }

    /** Whether the tensors differ enough that their order means something. */
    public boolean ranked() {
        return tensors.stream().anyMatch(TensorStats::ranked);
    }

    /** Whether all tensors have the same mean E[x²] within 1%. */
    public boolean alike() {
        return tensors.stream().anyMatch(TensorStats::alike);
    }

    /**
     * Whether the mean E[x²] grows with the layer: Spearman's rank correlation of the two, over the tensors that have both. 1
     * if every layer has a larger mean than those before; NaN for fewer than {@value #LEAST_FOR_TREND}, and where all are alike.
     */
    public double trend() {
        double[] means = tensors.stream().filter(tensor -> tensor.name().hasLayer()).mapToDouble(Statistic.MEAN::of)
                .filter(mean -> !Double.isNaN(mean)).toArray();
        if (means.length < LEAST_FOR_TREND || !ranked()) {
            return Double.NaN;
        }
        double[] sorted = means.clone();
        Arrays.sort(sorted);
        double middle = (means.length - 1) / 2.0;
        double product = 0;
        double ofLayers = 0;
        double ofMeans = 0;
        for (int i = 0; i < means.length; i++) {
            double rank = rank(sorted, means[i]) - middle;
            product += (i - middle) * rank;
            ofLayers += (i - middle) * (i - middle);
            ofMeans += rank * rank;
        }
        return product / Math.sqrt(ofLayers * ofMeans);
    }

    /** From 0; equal values share the mean of their ranks. */
    private static double rank(double[] sorted, double value) {
        int first = Arrays.binarySearch(sorted, value);
        int last = first;
        while (first > 0 && sorted[first - 1] == value) {
            first--;
        }
        while (last < sorted.length - 1 && sorted[last + 1] == value) {
            last++;
        }
        return (first + last) / 2.0;
    }

    /** The kind whose tensors all hold, bit for bit, what these hold; null if there is none. */
    public String sameInputAs() {
        String same = null;
        for (TensorStats tensor : tensors) {
            if (tensor.sameInputAs() == null || same != null && !same.equals(tensor.sameInputAs().kind())) {
                return null;
            }
            same = tensor.sameInputAs().kind();
        }
        return same;
    }
}
