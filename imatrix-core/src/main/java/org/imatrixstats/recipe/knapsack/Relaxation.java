package org.imatrixstats.recipe.knapsack;

import java.util.List;

import org.imatrixstats.recipe.knapsack.Steps.Step;

/**
 * The linear relaxation: takes steps, those that gain most per byte first, until one does not fit, which sets the price of a
 * byte.
 *
 * <p>Penalties count from its cost: they are what choices cost more than the best at the price of a byte.
 */
final class Relaxation {
    final List<Item> items;
    final long budget;
    /** Choices of the steps that fit. */
    final int[] base;
    final long baseBytes;
    /** 0 if all steps fit. */
    final double price;
    private final Steps steps;
    /** How many steps lead to the base. */
    private final int taken;

    Relaxation(Steps steps, long budget) {
        this.items = steps.items;
        this.budget = budget;
        this.steps = steps;
        this.base = steps.smallest.clone();
        long bytes = steps.smallestBytes;
        int fitting = 0;
        double first = 0;
        for (Step step : steps.all) {
            if (bytes + step.bytes() > budget) {
                first = step.gainPerByte();
                break;
            }
            bytes += step.bytes();
            base[step.item()] = step.to();
            fitting++;
        }
        this.baseBytes = bytes;
        this.taken = fitting;
        this.price = first;
    }

    /** Steps that lead to the base. */
    List<Step> taken() {
        return steps.all.subList(0, taken);
    }

    /** Steps beyond it. */
    List<Step> left() {
        return steps.all.subList(taken, steps.all.size());
    }

    /** The cost that no solution can be below. */
    double cost() {
        return steps.cost(base) - price * (budget - baseBytes);
    }

    /** How far the cost of a state that fits is above that. */
    double excess(long bytes, double penalty) {
        return penalty + price * (budget - bytes);
    }

    double penalty(int item, int choice) {
        Item each = items.get(item);
        return Math.max(0, each.costs()[choice] - each.costs()[base[item]] + price * change(item, choice));
    }

    /** Bytes that a choice of an item takes more than that of the base. */
    long change(int item, int choice) {
        long[] bytes = items.get(item).bytes();
        return bytes[choice] - bytes[base[item]];
    }
}
