package org.imatrixstats.compare;

import java.util.Locale;

import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.numeric.Moments;
import org.imatrixstats.numeric.Similarity;

/**
 * What was computed for one tensor in two files; {@link PairStatistic} makes figures of it.
 *
 * @param pair        the tensor
 * @param a           the means of A over the columns that both files have, without central moments
 * @param b           those of B
 * @param similarity  of these, x being A
 * @param divergence  of their shares; undefined if a value is NaN, infinite or negative, or all are 0 in a file
 * @param agreement   of their order
 * @param sameInputAs the first tensor of the layer that holds the same, bit for bit, in both files; null if it is the first
 */
public record PairStats(TensorPair pair, Moments a, Moments b, Similarity similarity, Divergence divergence,
        RankAgreement agreement, TensorName sameInputAs) {
    /** Shares that differ by more than this many bits are shares of other columns: about 24% per column. */
    static final double OTHER_COLUMNS = 0.01;
    /** Energies that differ by more than this factor are of another scale. */
    static final double OTHER_SCALE = 1.25;

    /** In which way a tensor differs between two files. */
    public enum Difference {
        /** Other columns matter. */
        COLUMNS,
        /** The same columns matter, but their energy is another. */
        SCALE,
        /** Other columns matter, and the energy is another. */
        BOTH,
        /** The tensor is much the same. */
        NONE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The same of another tensor of the layer that holds the same in both files. */
    PairStats of(TensorPair other) {
        return other == pair ? this : new PairStats(other, a, b, similarity, divergence, agreement, name());
    }

    public TensorName name() {
        return pair.name();
    }

    /** The name that stands for the input: that of the first tensor of the layer that holds the same in both files. */
    public TensorName input() {
        return sameInputAs == null ? name() : sameInputAs;
    }

    /** Whether the figures are defined. */
    public boolean defined() {
        return divergence.defined();
    }

    /** Whether both files hold the same counts and sums of x²; false if the figures are undefined. */
    boolean same() {
        return pair.sameCounts() && divergence.jensenShannon() == 0 && divergence.sumA() == divergence.sumB();
    }

    /** How the tensor differs; null if its figures are undefined. */
    public Difference difference() {
        if (!defined()) {
            return null;
        }
        boolean columns = divergence.jensenShannon() > OTHER_COLUMNS;
        double ratio = divergence.sumA() / divergence.sumB();
        boolean scale = Math.max(ratio, 1 / ratio) > OTHER_SCALE;
        return columns
                ? scale ? Difference.BOTH : Difference.COLUMNS
                : scale ? Difference.SCALE : Difference.NONE;
    }

    /** Why figures are undefined; null if they are not. */
    String trouble() {
        if (pair.elements() == 0) {
            return "no column has data in both files, figures are undefined";
        }
        if (!a.defined() || !b.defined()) {
            return "NaN or infinite values, figures are undefined";
        }
        if (a.min() < 0 || b.min() < 0) {
            return "negative sums of squares, figures are undefined";
        }
        return defined() ? null : "0 in all columns of one file, figures are undefined";
    }
}
