package org.imatrixstats.stats;

import java.util.OptionalInt;

import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.numeric.Moments;
import org.imatrixstats.numeric.Similarity;
import org.imatrixstats.tensor.TensorName;

/**
 * What was computed for one tensor; {@link Statistic} makes figures of it. "Energy" is E[x²] per column, "activation"
 * E[x] per column; experts without data are left out.
 */
public final class TensorStats {
    /** What the comparison with the earlier layer was made on. */
    public enum Basis {
        ACTIVATION, ENERGY;

        public String label() {
            return this == ACTIVATION ? "activation" : "energy";
        }
    }

    /**
     * The comparison with the same tensor in the nearest earlier layer that has it.
     *
     * @param name     that tensor
     * @param basis    activation where both hold sums of x, energy otherwise
     * @param sum      Σ of that tensor; NaN if undefined
     * @param elements N of that tensor
     */
    record Earlier(TensorName name, Basis basis, Similarity similarity, double sum, long elements) {
    }

    private final ImatrixEntry entry;
    private final TensorName sameInputAs;
    private final OptionalInt inferredExperts;
    private Standing standing;
    private StreamShare stream = StreamShare.UNKNOWN;
    final Moments energy;
    final Moments activation;
    final double zScoreDensity;
    final Earlier earlier;

    TensorStats(ImatrixEntry entry, Moments energy, Moments activation, double zScoreDensity, Earlier earlier,
            TensorName sameInputAs, OptionalInt inferredExperts) {
        this.entry = entry;
        this.energy = energy;
        this.activation = activation;
        this.zScoreDensity = zScoreDensity;
        this.earlier = earlier;
        this.sameInputAs = sameInputAs;
        this.inferredExperts = inferredExperts;
    }

    public ImatrixEntry entry() {
        return entry;
    }

    /** Experts of the tensor, 1 if it has none; NaN where the file does not say and it could not be inferred. */
    double experts() {
        return expertCount().isPresent() ? expertCount().getAsInt() : Double.NaN;
    }

    /** Experts of the tensor, stored or inferred; empty where neither says. */
    public OptionalInt expertCount() {
        return entry.experts() > 1 ? OptionalInt.of(entry.experts()) : inferredExperts;
    }

    /** Where the tensor stands among the others; null if it has no mean. */
    Standing standing() {
        return standing;
    }

    /** What the tensor writes to the residual stream of a model, where that is known. */
    public StreamShare stream() {
        return stream;
    }

    /** The same with what a model adds. */
    TensorStats with(StreamShare known) {
        TensorStats copy = new TensorStats(entry, energy, activation, zScoreDensity, earlier, sameInputAs,
                inferredExperts);
        copy.standing = standing;
        copy.stream = known;
        return copy;
    }

    /** Whether the tensors of this kind differ enough that their order means something. */
    public boolean ranked() {
        return standing != null && standing.ranked();
    }

    /** Whether all tensors of this kind have the same mean E[x²] within 1%. */
    public boolean alike() {
        return standing != null && standing.alike();
    }

    /** Whether the tensor is of the tenth of its kind with the largest mean, which is one tensor at least, and stands out from what is alike. */
    public boolean amongHighest() {
        return ranked() && standing.kind().standsOut(energy.mean()) && standing.rankInKind() <= tenthOfKind();
    }

    /** Whether the tensor is of the tenth of its kind with the smallest mean, likewise. */
    public boolean amongLowest() {
        return ranked() && standing.kind().standsOut(energy.mean())
                && standing.rankInKind() > standing.kindSize() - tenthOfKind();
    }

    private int tenthOfKind() {
        return (standing.kindSize() + 9) / 10;
    }

    /** Standings are known when all tensors are. */
    void standing(Standing standing) {
        this.standing = standing;
    }

    public TensorName name() {
        return entry.name();
    }

    /** Columns with data. */
    public long elements() {
        return energy.n();
    }

    /** Whether the file holds sums of x for the tensor. */
    public boolean hasActivation() {
        return activation != null;
    }

    /** The tensor that this one is compared with; null if there is none. */
    public TensorName previous() {
        return earlier == null ? null : earlier.name;
    }

    /** What that comparison was made on; null if there is none. */
    public Basis basis() {
        return earlier == null ? null : earlier.basis;
    }

    /** The first tensor of the layer that holds the same, bit for bit, as tensors do that share an input; or null. */
    public TensorName sameInputAs() {
        return sameInputAs;
    }

    /** The name that stands for the input: that of the first tensor of the layer that holds the same. */
    public TensorName input() {
        return sameInputAs == null ? name() : sameInputAs;
    }

    /** Root of the mean energy per column over that of the earlier layer; NaN if one of them has none. */
    double gain() {
        return earlier == null || !energy.defined() || !(earlier.sum > 0)
                ? Double.NaN
                : Math.sqrt(energy.sum() / energy.n()) / Math.sqrt(earlier.sum / earlier.elements);
    }
}
