package org.imatrixstats.imatrix.converge;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether a run has seen enough.
 *
 * @param convergence what it is about
 * @param threshold   divergence, in bits, below which a tensor has converged
 */
public record Verdict(Convergence convergence, double threshold) {
    /** The earliest snapshot from which on the median divergence to the last is below the threshold; never the last. */
    public Optional<Snapshot> settled() {
        int first = convergence.snapshots() - 1;
        while (first > 0 && convergence.toLast(first - 1).median() < threshold) {
            first--;
        }
        return first == convergence.snapshots() - 1
                ? Optional.empty()
                : Optional.of(convergence.series().snapshots().get(first));
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
     * How many chunks, in all, would bring an expected divergence to the threshold: it falls as 1/n, as the square of a
     * standard error does. Empty if that is undefined or the run does not say how many chunks it has seen.
     */
    public OptionalLong chunksFor(double expectedDivergence) {
        OptionalLong chunks = convergence.series().last().chunks();
        double needed = Math.ceil(chunks.orElse(0) * expectedDivergence / threshold);
        return chunks.isEmpty() || chunks.getAsLong() == 0 || Double.isNaN(needed) || needed > Long.MAX_VALUE / 2
                ? OptionalLong.empty()
                : OptionalLong.of((long) needed);
    }

    /** Chunks, in all, that bring the median below the threshold. */
    public OptionalLong chunksForMedian() {
        return chunksFor(expected().median());
    }

    /** Chunks, in all, that bring every tensor below the threshold. */
    public OptionalLong chunksForAll() {
        return chunksFor(expected().worst());
    }

    /** The expected divergence over tensors. */
    public Divergences expected() {
        return convergence.over(TensorConvergence::expectedDivergence);
    }
}
