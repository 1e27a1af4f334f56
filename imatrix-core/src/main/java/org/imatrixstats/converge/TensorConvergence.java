package org.imatrixstats.converge;

import java.util.stream.IntStream;

import org.imatrixstats.tensor.TensorName;

/**
 * How one tensor neared its last state. Arrays have an element per snapshot; divergences are Jensen-Shannon divergences of
 * the columns' shares of Σ, in bits.
 *
 * @param rows       rows that all experts together had seen; 0 before the tensor was reached
 * @param toLast     divergence to the last snapshot, 0 for the last; NaN if undefined, for the last if it is for all others
 * @param toPrevious divergence to the snapshot before; NaN for the first, or if undefined
 * @param error      what the spread between the batches says
 * @param sameInputAs the first tensor of the layer, of those looked at, that holds the same in every snapshot; null if it is
 *                   the first
 */
public record TensorConvergence(TensorName name, long[] rows, double[] toLast, double[] toPrevious,
        SamplingError error, TensorName sameInputAs) {
    /** What an expected divergence was found by. */
    public enum Basis {
        /** The spread between batches. */
        BATCHES,
        /** The divergence between a snapshot near the middle of the run and the last. */
        HALVES;

        public String label() {
            return this == BATCHES ? "batches" : "halves";
        }
    }

    /** The same of another tensor, which holds the same in every snapshot. */
    TensorConvergence of(TensorName other) {
        return other.equals(name) ? this : new TensorConvergence(other, rows, toLast, toPrevious, error, name);
    }

    /** What {@link #expectedDivergence()} was found by; null if it is undefined. */
    public Basis basis() {
        return !Double.isNaN(error.expectedDivergence())
                ? Basis.BATCHES
                : Double.isNaN(expectedByHalves()) ? null : Basis.HALVES;
    }

    /**
     * Expected divergence, in bits, of the last snapshot to what an endless text of the kind would give. Falls as 1/n. NaN
     * if undefined.
     */
    public double expectedDivergence() {
        double byBatches = error.expectedDivergence();
        return Double.isNaN(byBatches) ? expectedByHalves() : byBatches;
    }

    /**
     * The same from the snapshot that is nearest to the middle of the run. A mean over n of N independent rows differs from
     * that over N with the variance σ²·(1/n − 1/N), and that over N from the truth with σ²/N: the expected divergence is the
     * measured one times n / (N − n). NaN without such a snapshot.
     */
    double expectedByHalves() {
        long all = rows[rows.length - 1];
        return IntStream.range(0, rows.length - 1)
                .filter(i -> rows[i] > 0 && rows[i] < all && !Double.isNaN(toLast[i])).boxed()
                .min((i, j) -> Long.compare(Math.abs(2 * rows[i] - all), Math.abs(2 * rows[j] - all)))
                .map(i -> toLast[i] * rows[i] / (all - rows[i])).orElse(Double.NaN);
    }
}
