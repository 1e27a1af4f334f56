package org.imatrixstats.stats;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import org.imatrixstats.numeric.Similarity;
import org.imatrixstats.tensor.Layer;

/**
 * The tensors of one layer that have data; {@link LayerStatistic} makes figures of them.
 *
 * @param layer   the layer, of the stack that it belongs to
 * @param tensors at least one
 */
public record LayerStats(Layer layer, List<TensorStats> tensors) {
    public LayerStats {
        tensors = List.copyOf(tensors);
    }

    public long elements() {
        return tensors.stream().mapToLong(TensorStats::elements).sum();
    }

    /** What its blocks write to the residual stream: the same for all its tensors. */
    StreamShare stream() {
        return tensors.getFirst().stream();
    }

    /** The tensors but for those whose input an earlier one of them has. */
    Stream<TensorStats> distinctInputs() {
        Set<String> inputs = new HashSet<>();
        return tensors.stream().filter(tensor -> inputs.add(tensor.input().name()));
    }

    /** The mean over the tensors, each with the weight of its columns. */
    double weightedMean(ToDoubleFunction<TensorStats> figure) {
        return tensors.stream().mapToDouble(tensor -> figure.applyAsDouble(tensor) * tensor.elements()).sum()
                / elements();
    }

    /** The sums of all comparisons with the earlier layer taken together; null if there is none. */
    Similarity withEarlier() {
        List<Similarity> comparisons = tensors.stream().map(tensor -> tensor.earlier).filter(Objects::nonNull)
                .map(TensorStats.Earlier::similarity).toList();
        return comparisons.isEmpty() ? null : Similarity.pool(comparisons);
    }

    /** Gain of the tensors that are compared with an earlier layer, taken together; NaN if a value of one is not finite. */
    double gain() {
        double sum = 0;
        long elements = 0;
        double earlierSum = 0;
        long earlierElements = 0;
        for (TensorStats tensor : tensors) {
            if (tensor.earlier != null) {
                sum += tensor.energy.defined() ? tensor.energy.sum() : Double.NaN;
                elements += tensor.energy.n();
                earlierSum += tensor.earlier.sum();
                earlierElements += tensor.earlier.elements();
            }
        }
        return earlierSum > 0 ? Math.sqrt(sum / elements) / Math.sqrt(earlierSum / earlierElements) : Double.NaN;
    }
}
