package org.imatrixstats.recipe.knapsack;

import java.util.ArrayList;
import java.util.List;

/** All steps on the hulls of some items, those that gain most per byte first, and the choices that they start from. */
final class Steps {
    /** A step on the hull of an item: from one choice to the next larger one that is worth it. */
    record Step(int item, int to, long bytes, double gain, double gainPerByte) {
        Step(int item, int to, long bytes, double gain) {
            this(item, to, bytes, gain, gain / bytes);
        }
    }

    final List<Item> items;
    /** Per item the choice of the fewest bytes. */
    final int[] smallest;
    final long smallestBytes;
    final List<Step> all = new ArrayList<>();

    Steps(List<Item> items) {
        this.items = items;
        this.smallest = new int[items.size()];
        long bytes = 0;
        for (int i = 0; i < smallest.length; i++) {
            Item item = items.get(i);
            int[] hull = item.hull();
            smallest[i] = hull[0];
            bytes += item.bytes()[hull[0]];
            for (int j = 1; j < hull.length; j++) {
                all.add(new Step(i, hull[j], item.bytes()[hull[j]] - item.bytes()[hull[j - 1]],
                        item.costs()[hull[j - 1]] - item.costs()[hull[j]]));
            }
        }
        this.smallestBytes = bytes;
        // Stable: equal steps in the order of the items, and steps of one item never change places.
        all.sort((a, b) -> Double.compare(b.gainPerByte, a.gainPerByte));
    }

    /** The cost of one choice per item. */
    double cost(int[] choices) {
        double cost = 0;
        for (int i = 0; i < choices.length; i++) {
            cost += items.get(i).costs()[choices[i]];
        }
        return cost;
    }
}
