package org.imatrixstats.weights;

/**
 * All values of several tensors together.
 *
 * @param tensors how many tensors
 * @param bytes   that their data take
 */
public record RollUp(int tensors, WeightSums sums, long bytes) {
    static final RollUp NONE = new RollUp(0, WeightSums.NONE, 0);

    RollUp with(TensorReview tensor) {
        return new RollUp(tensors + 1, sums.merge(tensor.sums()), bytes + tensor.info().bytes());
    }

    /** Stored bits per value; NaN of no values. */
    public double bitsPerWeight() {
        return 8.0 * bytes / sums.count();
    }
}
