package org.imatrixstats.weights;

/**
 * Sums over pairs of values of two models that merge. Pairs with a NaN or an infinity are counted and left out of the sums.
 *
 * @param count           pairs
 * @param changed         pairs whose values differ; two NaNs do not
 * @param nonFinite       pairs that are left out
 * @param squaresA        Σa², and likewise squaresB
 * @param products        Σab
 * @param squaredChange   Σ(b − a)²
 * @param largest         the largest |b − a|
 * @param largestAt       which pair has it, counted through the tensor; −1 if nothing changed
 * @param weightedChange  Σ E[x²] (b − a)², 0 without an importance matrix
 * @param weightedSquares Σ E[x²] a²
 */
public record ChangeSums(long count, long changed, long nonFinite, double squaresA, double squaresB, double products,
        double squaredChange, double largest, long largestAt, double weightedChange, double weightedSquares) {
    static final ChangeSums NONE = new ChangeSums(0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0);

    /** The sums of both; of equal largest changes the place of this one. */
    public ChangeSums merge(ChangeSums o) {
        boolean mine = largest >= o.largest;
        return new ChangeSums(count + o.count, changed + o.changed, nonFinite + o.nonFinite, squaresA + o.squaresA,
                squaresB + o.squaresB, products + o.products, squaredChange + o.squaredChange,
                mine ? largest : o.largest, mine ? largestAt : o.largestAt, weightedChange + o.weightedChange,
                weightedSquares + o.weightedSquares);
    }

    /** ‖B − A‖ / ‖A‖; NaN if A is zero, also where both are. */
    public double relativeChange() {
        return squaresA == 0 ? Double.NaN : Math.sqrt(squaredChange / squaresA);
    }

    /** Cosine of the angle between A and B; NaN if one is zero. */
    public double cosine() {
        double norms = Math.sqrt(squaresA) * Math.sqrt(squaresB);
        return norms == 0 ? Double.NaN : Math.clamp(products / norms, -1, 1);
    }

    /** Share of values that changed; NaN of no values. */
    public double changedShare() {
        return (double) changed / count;
    }

    /** ‖B − A‖ / ‖A‖ where each column counts with its importance E[x²]; NaN without one. */
    public double weightedRelativeChange() {
        return weightedSquares > 0 ? Math.sqrt(weightedChange / weightedSquares) : Double.NaN;
    }
}
