package org.imatrixstats.recipe.knapsack;

import java.util.List;

import org.imatrixstats.recipe.knapsack.Steps.Step;

/**
 * The solutions for all sizes at which the relaxation is one: no other choices of so many bytes or fewer cost less. The
 * first takes the least bytes, the last costs least. From each a step leads to the next larger one.
 */
public final class SupportedSolutions {
    private final Steps steps;
    private final long[] bytes;
    private final double[] costs;

    SupportedSolutions(List<Item> items) {
        this.steps = new Steps(items);
        List<Step> all = steps.all;
        this.bytes = new long[all.size() + 1];
        this.costs = new double[all.size() + 1];
        bytes[0] = steps.smallestBytes;
        costs[0] = steps.cost(steps.smallest);
        for (int i = 0; i < all.size(); i++) {
            bytes[i + 1] = bytes[i] + all.get(i).bytes();
            costs[i + 1] = costs[i] - all.get(i).gain();
        }
    }

    public int size() {
        return bytes.length;
    }

    public long bytes(int solution) {
        return bytes[solution];
    }

    public double cost(int solution) {
        return costs[solution];
    }

    public int[] choices(int solution) {
        int[] choices = steps.smallest.clone();
        steps.all.subList(0, solution).forEach(step -> choices[step.item()] = step.to());
        return choices;
    }
}
