package org.imatrixstats.stats;

import java.util.List;

import org.imatrixstats.numeric.Spread;

/** The tensors of one kind, over all layers; {@link KindStatistic} makes figures of them. */
public final class KindStats {
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

    double spread() {
        return spread.spread().n() < 2 ? Double.NaN : spread.sigma();
    }

    /** The largest mean E[x²] over the smallest. */
    double ratio() {
        return spread.spread().n() < 2 || Double.isInfinite(spread.range()) ? Double.NaN : Math.exp(spread.range());
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
