package org.imatrixstats.recipe.knapsack;

import java.util.Arrays;
import java.util.List;

/**
 * The multiple-choice knapsack: one choice per item, so that the costs of all choices are least and their bytes within a
 * budget.
 *
 * <p>The linear relaxation, solved on the lower convex hulls of the items (Sinha and Zoltners 1979), gives a bound and
 * the price of a byte. From its solution a dynamic program goes through the items, the largest first, and keeps the states
 * that no other beats in both bytes and cost and that may still lead to less than the best solution known: of each the
 * relaxation of the items not yet looked at says what it can come down to. If the states get too many, the least
 * promising are dropped; the least bound of these is then what is proven. The answer depends on nothing but the input.
 */
public final class Knapsack {
    /** States kept per item: what takes a second at the most. */
    private static final int MOST_STATES = 20_000;
    /** Beyond so many states it is enough to come within the tolerance of the best. */
    private static final int MANY_STATES = 5_000;
    private static final double TOLERANCE = 2e-5;
    /** Sums of doubles are this exact, relatively. */
    private static final double ROUNDING = 1e-12;

    private final List<Item> items;
    private final Relaxation relaxation;

    private Knapsack(List<Item> items, long budget) {
        this.items = items;
        this.relaxation = new Relaxation(new Steps(items), budget);
    }

    /** The bytes that all items take at least. */
    public static long leastBytes(List<Item> items) {
        return items.stream().mapToLong(Item::leastBytes).reduce(0, Math::addExact);
    }

    /** The bytes that all items take at most. */
    public static long mostBytes(List<Item> items) {
        return items.stream().mapToLong(Item::mostBytes).reduce(0, Math::addExact);
    }

    /** @throws IllegalArgumentException if the items do not fit even at their smallest */
    public static Solution solve(List<Item> items, long budget) {
        if (leastBytes(items) > budget) {
            throw new IllegalArgumentException("at least " + leastBytes(items) + " bytes, budget " + budget);
        }
        return new Knapsack(items, budget).solve();
    }

    /** The solutions for all sizes at which the relaxation is one. */
    public static SupportedSolutions supported(List<Item> items) {
        return new SupportedSolutions(items);
    }

    /**
     * The least cost that is found without a search: the steps that gain most per byte, and behind the first that does not
     * fit those that still do.
     *
     * @throws IllegalArgumentException if the items do not fit even at their smallest
     */
    public static double quickCost(List<Item> items, long budget) {
        Steps steps = new Steps(items);
        long bytes = steps.smallestBytes;
        if (bytes > budget) {
            throw new IllegalArgumentException("at least " + bytes + " bytes, budget " + budget);
        }
        int[] choices = steps.smallest.clone();
        boolean[] stopped = new boolean[items.size()];
        for (Steps.Step step : steps.all) {
            stopped[step.item()] |= bytes + step.bytes() > budget;
            if (!stopped[step.item()]) {
                bytes += step.bytes();
                choices[step.item()] = step.to();
            }
        }
        return steps.cost(choices);
    }

    private Solution solve() {
        return relaxation.price == 0
                ? solution(relaxation.base.clone(), Double.NEGATIVE_INFINITY, true)
                : search();
    }

    /** Penalties count from the bound of the relaxation: that, and the price of what is left of the budget. */
    private Solution search() {
        Integer[] order = largestFirst();
        Rest rest = new Rest(relaxation);
        States states = States.base(relaxation);
        States.Change best = null;
        double least = relaxation.excess(relaxation.baseBytes, 0);
        double proven = Double.POSITIVE_INFINITY;
        double tolerance = TOLERANCE * relaxation.cost();
        for (int i = 0; i < order.length && states.size() > 0; i++) {
            States all = states.with(order[i], least);
            rest.remove(order[i]);
            for (int s = 0; s < all.size(); s++) {
                double excess = relaxation.excess(all.bytes[s], all.penalties[s]);
                if (all.bytes[s] <= relaxation.budget && excess < least) {
                    least = excess;
                    best = all.changes[s];
                }
            }
            double[] bounds = new double[all.size()];
            for (int s = 0; s < bounds.length; s++) {
                bounds[s] = rest.bound(all.bytes[s], all.penalties[s]);
            }
            double limit = least;
            if (bounds.length > MANY_STATES) {
                limit = least - tolerance;
            }
            if (bounds.length > MOST_STATES) {
                double[] sorted = bounds.clone();
                Arrays.sort(sorted);
                limit = Math.min(limit, sorted[MOST_STATES]);
            }
            for (double bound : bounds) {
                proven = bound >= limit && bound < least ? Math.min(proven, bound) : proven;
            }
            all.keepBelow(limit, bounds);
            states = all;
        }
        int[] choices = relaxation.base.clone();
        for (States.Change change = best; change != null; change = change.before()) {
            choices[change.item()] = change.choice();
        }
        return solution(choices, proven, proven >= least);
    }

    /** The items whose choices differ most in bytes first. */
    private Integer[] largestFirst() {
        long[] spread = new long[items.size()];
        Integer[] order = new Integer[items.size()];
        for (int i = 0; i < order.length; i++) {
            spread[i] = items.get(i).mostBytes() - items.get(i).leastBytes();
            order[i] = i;
        }
        Arrays.sort(order, (a, b) -> Long.compare(spread[b], spread[a]));
        return order;
    }

    private Solution solution(int[] choices, double provenExcess, boolean best) {
        long bytes = 0;
        double cost = 0;
        for (int i = 0; i < choices.length; i++) {
            bytes += items.get(i).bytes()[choices[i]];
            cost += items.get(i).costs()[choices[i]];
        }
        double bound = best ? cost : (relaxation.cost() + provenExcess) * (1 - ROUNDING);
        return new Solution(choices, bytes, cost, Math.min(bound, cost));
    }
}
