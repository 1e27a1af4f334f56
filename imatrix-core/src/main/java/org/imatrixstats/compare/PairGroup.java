package org.imatrixstats.compare;

import java.util.List;
import java.util.function.ToLongFunction;

import org.imatrixstats.numeric.Median;
import org.imatrixstats.tensor.Layer;

/**
 * The tensors of one layer, of one kind, or all of them, in two files.
 *
 * @param layer   the layer; null for a group of several
 * @param kind    the kind; null for a group of several
 * @param tensors at least one
 */
public record PairGroup(Layer layer, String kind, List<PairStats> tensors) {
    public PairGroup {
        tensors = List.copyOf(tensors);
    }

    /** The median over the tensors for which it is defined; NaN if it is for none. */
    public double median(PairStatistic statistic) {
        return Median.of(tensors.stream().mapToDouble(statistic::of).filter(x -> !Double.isNaN(x)).toArray());
    }

    /** The tensor that differs most by a figure, the first of several; null if it is defined for none. */
    public PairStats worst(PairStatistic statistic) {
        PairStats worst = null;
        double worstBadness = Double.NaN;
        for (PairStats tensor : tensors) {
            double badness = statistic.worst().badness(statistic.of(tensor));
            if (badness > worstBadness || worst == null && !Double.isNaN(badness)) {
                worst = tensor;
                worstBadness = badness;
            }
        }
        return worst;
    }

    /** The figure of that tensor; NaN if there is none. */
    public double worstFigure(PairStatistic statistic) {
        PairStats worst = worst(statistic);
        return worst == null ? Double.NaN : statistic.of(worst);
    }

    long total(ToLongFunction<PairStats> number) {
        return tensors.stream().mapToLong(number).sum();
    }
}
