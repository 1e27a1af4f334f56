package org.imatrixstats.recipe.knapsack;

/**
 * Choices of the items looked at so far; all others are as in the base of the relaxation. In the order of bytes; of two the
 * one with more bytes costs less.
 */
final class States {
    /** What is changed beside the changes of the state before. */
    record Change(Change before, int item, int choice) {
    }

    private final Relaxation relaxation;
    /** Of all items. */
    final long[] bytes;
    final double[] penalties;
    final Change[] changes;
    private int size;

    /** @param most as many as they become at most */
    private States(Relaxation relaxation, int most) {
        this.relaxation = relaxation;
        this.bytes = new long[most];
        this.penalties = new double[most];
        this.changes = new Change[most];
    }

    /** The base alone. */
    static States base(Relaxation relaxation) {
        States base = new States(relaxation, 1);
        base.add(relaxation.baseBytes, 0, null);
        return base;
    }

    int size() {
        return size;
    }

    /** What a state costs, but for what all have in common. */
    private double cost(int state) {
        return penalties[state] - relaxation.price * (bytes[state] - relaxation.baseBytes);
    }

    private void add(long moreBytes, double penalty, Change change) {
        bytes[size] = moreBytes;
        penalties[size] = penalty;
        changes[size] = change;
        // The one before has fewer bytes.
        size += size == 0 || cost(size) < cost(size - 1) ? 1 : 0;
    }

    /** Adds others, each of which costs less than the one before it. */
    private void addAll(States others, int from, int to) {
        int first = from;
        while (first < to && size > 0 && others.cost(first) >= cost(size - 1)) {
            first++;
        }
        System.arraycopy(others.bytes, first, bytes, size, to - first);
        System.arraycopy(others.penalties, first, penalties, size, to - first);
        System.arraycopy(others.changes, first, changes, size, to - first);
        size += to - first;
    }

    /** Keeps those whose bound is below a limit. */
    void keepBelow(double limit, double[] bounds) {
        int kept = 0;
        for (int s = 0; s < size; s++) {
            if (bounds[s] < limit) {
                bytes[kept] = bytes[s];
                penalties[kept] = penalties[s];
                changes[kept++] = changes[s];
            }
        }
        size = kept;
    }

    /** All states with all choices of an item, but those that another beats in both bytes and cost. */
    States with(int item, double most) {
        States all = this;
        for (int choice = 0; choice < relaxation.items.get(item).bytes().length; choice++) {
            if (choice != relaxation.base[item] && relaxation.penalty(item, choice) < most) {
                all = merged(all, item, choice, most);
            }
        }
        return all;
    }

    /** Both the states so far and these with a choice of an item, in the order of bytes. */
    private States merged(States soFar, int item, int choice, double most) {
        States merged = new States(relaxation, soFar.size + size);
        long change = relaxation.change(item, choice);
        double penalty = relaxation.penalty(item, choice);
        int next = 0;
        for (int i = 0; i < size; i++) {
            long changed = bytes[i] + change;
            double total = penalties[i] + penalty;
            if (total < most) {
                int from = next;
                while (next < soFar.size && (soFar.bytes[next] < changed
                        || soFar.bytes[next] == changed && soFar.penalties[next] <= total)) {
                    next++;
                }
                merged.addAll(soFar, from, next);
                merged.add(changed, total, new Change(changes[i], item, choice));
            }
        }
        merged.addAll(soFar, next, soFar.size);
        return merged;
    }
}
