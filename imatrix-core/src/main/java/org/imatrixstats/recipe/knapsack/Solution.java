package org.imatrixstats.recipe.knapsack;

/**
 * One choice per item.
 *
 * @param choices    per item
 * @param bytes      of all choices, within the budget
 * @param cost       of all choices
 * @param lowerBound no solution costs less; equal to the cost if the solution is proven to be the best
 */
public record Solution(int[] choices, long bytes, double cost, double lowerBound) {
    /** How much worse than the best the solution may be, as a share of the bound; 0 if it is the best. */
    public double gap() {
        return gap(cost, lowerBound);
    }

    /** The same of any cost with its bound. */
    public static double gap(double cost, double lowerBound) {
        return cost <= lowerBound ? 0 : lowerBound > 0 ? cost / lowerBound - 1 : Double.POSITIVE_INFINITY;
    }
}
