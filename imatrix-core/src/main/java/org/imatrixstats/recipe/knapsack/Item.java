package org.imatrixstats.recipe.knapsack;

import java.util.Arrays;

/**
 * What an item may be.
 *
 * @param bytes per choice
 * @param costs per choice; finite, not negative
 */
public record Item(long[] bytes, double[] costs) {
    public Item {
        if (bytes.length == 0 || bytes.length != costs.length) {
            throw new IllegalArgumentException(bytes.length + " sizes, " + costs.length + " costs");
        }
        for (double cost : costs) {
            if (!(cost >= 0) || Double.isInfinite(cost)) {
                throw new IllegalArgumentException("cost " + cost);
            }
        }
    }

    long leastBytes() {
        long least = bytes[0];
        for (long each : bytes) {
            least = Math.min(least, each);
        }
        return least;
    }

    long mostBytes() {
        long most = bytes[0];
        for (long each : bytes) {
            most = Math.max(most, each);
        }
        return most;
    }

    /** The choices on the lower convex hull, from the smallest to the one that costs least. */
    int[] hull() {
        int[] order = order();
        int[] hull = new int[order.length];
        int size = 0;
        for (int next : order) {
            if (size > 0 && costs[next] >= costs[hull[size - 1]]) {
                continue;
            }
            while (size > 1
                    && gainPerByte(hull[size - 2], hull[size - 1]) <= gainPerByte(hull[size - 1], next)) {
                size--;
            }
            hull[size++] = next;
        }
        return Arrays.copyOf(hull, size);
    }

    /** The choices by bytes, those of the same bytes by cost. */
    private int[] order() {
        int[] order = new int[bytes.length];
        for (int i = 0; i < order.length; i++) {
            int at = i;
            // Choices come nearly in this order.
            while (at > 0 && isBefore(i, order[at - 1])) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = i;
        }
        return order;
    }

    private boolean isBefore(int a, int b) {
        return bytes[a] < bytes[b] || bytes[a] == bytes[b] && costs[a] < costs[b];
    }

    private double gainPerByte(int from, int to) {
        return (costs[from] - costs[to]) / (bytes[to] - bytes[from]);
    }
}
