package org.imatrixstats.converge;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/**
 * Whether a run has seen enough.
 *
 * @param convergence what it is about
 * @param threshold   divergence, in bits, below which a tensor has converged
 */
public record Verdict(Convergence convergence, double threshold) {
    /** The earliest snapshot from which on the median divergence to the last is below the threshold; never the last. */
    public Optional<Snapshot> settled() {
        return settled(RollUp::median);
    }

    /** The same for the divergence of every tensor. */
    public Optional<Snapshot> allSettled() {
        return settled(RollUp::worst);
    }

    private Optional<Snapshot> settled(ToDoubleFunction<RollUp> figure) {
        int last = convergence.snapshots() - 1;
        int first = last;
        while (first > 0 && figure.applyAsDouble(convergence.toLast(first - 1)) < threshold) {
            first--;
        }
        return first == last ? Optional.empty() : Optional.of(convergence.series().snapshots().get(first));
    }

    /** Tensors whose expected divergence to what an endless text would give is not below the threshold, worst first. */
    public List<TensorConvergence> moving() {
        return Convergence.worstFirst(convergence.tensors().stream()
                .filter(tensor -> tensor.expectedDivergence() >= threshold).toList());
    }

    /** Tensors of which nothing tells whether they still move. */
    public List<TensorConvergence> unknown() {
        return convergence.tensors().stream().filter(tensor -> Double.isNaN(tensor.expectedDivergence())).toList();
    }

    /**
     * How many chunks more would bring an expected divergence to the threshold: it falls as 1/n, as the square of a standard
     * error does. 0 if it is there; empty if that is undefined or the run does not say how many chunks it has seen.
     */
    public OptionalLong moreChunksFor(double expectedDivergence) {
        OptionalLong chunks = convergence.series().last().chunks();
        double more = Math.ceil(chunks.orElse(0) * (expectedDivergence / threshold - 1));
        return chunks.isEmpty() || chunks.getAsLong() == 0 || Double.isNaN(more) || more > Long.MAX_VALUE / 2
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, (long) more));
    }

    /** Chunks more that bring the median to the threshold. */
    public OptionalLong moreChunksForMedian() {
        return moreChunksFor(expected().median());
    }

    /** Chunks more that bring every tensor to the threshold. */
    public OptionalLong moreChunksForAll() {
        return moreChunksFor(expected().worst());
    }

    /** The expected divergence over tensors. */
    public RollUp expected() {
        return convergence.over(TensorConvergence::expectedDivergence);
    }
}
