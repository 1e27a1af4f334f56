package org.imatrixstats.imatrix.stats;

import java.util.List;

/**
 * The tensors of one kind, over all layers; {@link KindStatistic} makes figures of them.
 *
 * @param kind         such as {@code ffn_down}
 * @param tensors      at least one, by layer
 * @param sumOfAll     Σ of all kinds together
 */
public record KindStats(String kind, List<TensorStats> tensors, double sumOfAll) {
    /**
     * Half of the tensors within this factor of their median (as a robust standard deviation of ln Σ): they are all
     * alike, and an order among them would say nothing.
     */
    private static final double ALIKE = 0.01;

    public KindStats {
        tensors = List.copyOf(tensors);
    }

    double[] figures(Statistic statistic) {
        return tensors.stream().mapToDouble(statistic::of).filter(figure -> !Double.isNaN(figure)).toArray();
    }

    double spread() {
        Standing.LogSpread spread = Standing.LogSpread.of(withSum());
        return spread.n() < 2 ? Double.NaN : spread.sigma();
    }

    private List<TensorStats> withSum() {
        return tensors.stream().filter(tensor -> !Double.isNaN(Statistic.SUM.of(tensor))).toList();
    }

    /** Whether the tensors differ enough in Σ that their order means something. */
    public boolean ranked() {
        return tensors.size() >= 3 && spread() >= ALIKE;
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
