package org.imatrixstats.recipe;

import java.util.ArrayList;
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
final class Knapsack {
    /** States kept per item: what takes a second at the most. */
    private static final int MOST_STATES = 20_000;
    /** Beyond so many states it is enough to come within the tolerance of the best. */
    private static final int MANY_STATES = 5_000;
    private static final double TOLERANCE = 2e-5;
    /** Sums of doubles are this exact, relatively. */
    private static final double ROUNDING = 1e-12;

    /**
     * What an item may be.
     *
     * @param bytes per choice
     * @param costs per choice; finite, not negative
     */
    record Item(long[] bytes, double[] costs) {
        Item {
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
    }

    /**
     * @param choices    per item
     * @param bytes      of all choices, within the budget
     * @param cost       of all choices
     * @param lowerBound no solution costs less; equal to the cost if the solution is proven to be the best
     */
    record Solution(int[] choices, long bytes, double cost, double lowerBound) {
        /** How much worse than the best the solution may be, as a share of the bound; 0 if it is the best. */
        double gap() {
            return cost <= lowerBound ? 0 : lowerBound > 0 ? cost / lowerBound - 1 : Double.POSITIVE_INFINITY;
        }
    }

    private final List<Item> items;
    private final long budget;
    private final int[] base;
    /** All steps on the hulls, those that gain most per byte first. */
    private final List<Step> steps = new ArrayList<>();
    /** How many of them lead to the base. */
    private int taken;
    private long baseBytes;
    private double price;

    private Knapsack(List<Item> items, long budget) {
        this.items = items;
        this.budget = budget;
        this.base = new int[items.size()];
    }

    /** The bytes that all items take at least. */
    static long leastBytes(List<Item> items) {
        return items.stream().mapToLong(Item::leastBytes).reduce(0, Math::addExact);
    }

    /** The bytes that all items take at most. */
    static long mostBytes(List<Item> items) {
        return items.stream().mapToLong(Item::mostBytes).reduce(0, Math::addExact);
    }

    /** @throws IllegalArgumentException if the items do not fit even at their smallest */
    static Solution solve(List<Item> items, long budget) {
        if (leastBytes(items) > budget) {
            throw new IllegalArgumentException("at least " + leastBytes(items) + " bytes, budget " + budget);
        }
        return new Knapsack(items, budget).solve();
    }

    /**
     * The solutions for all sizes at which the relaxation is one: no other choices of so many bytes or fewer cost less. The
     * first takes the least bytes, the last costs least.
     */
    static Frontier frontier(List<Item> items) {
        Knapsack all = new Knapsack(items, Long.MAX_VALUE);
        all.sortSteps();
        return all.new Frontier();
    }

    /**
     * The least cost that is found without a search: the steps that gain most per byte, and behind the first that does not
     * fit those that still do.
     *
     * @throws IllegalArgumentException if the items do not fit even at their smallest
     */
    static double quickCost(List<Item> items, long budget) {
        Knapsack all = new Knapsack(items, budget);
        all.sortSteps();
        if (all.baseBytes > budget) {
            throw new IllegalArgumentException("at least " + all.baseBytes + " bytes, budget " + budget);
        }
        boolean[] stopped = new boolean[items.size()];
        for (Step step : all.steps) {
            stopped[step.item] |= all.baseBytes + step.bytes > budget;
            if (!stopped[step.item]) {
                all.baseBytes += step.bytes;
                all.base[step.item] = step.to;
            }
        }
        double cost = 0;
        for (int i = 0; i < all.base.length; i++) {
            cost += items.get(i).costs[all.base[i]];
        }
        return cost;
    }

    /** From each of these solutions a step leads to the next larger one. */
    final class Frontier {
        private final int[] first = base.clone();
        private final long[] bytes = new long[steps.size() + 1];
        private final double[] costs = new double[steps.size() + 1];

        private Frontier() {
            bytes[0] = baseBytes;
            for (int i = 0; i < first.length; i++) {
                costs[0] += items.get(i).costs[first[i]];
            }
            for (int i = 0; i < steps.size(); i++) {
                bytes[i + 1] = bytes[i] + steps.get(i).bytes;
                costs[i + 1] = costs[i] - steps.get(i).gain;
            }
        }

        int size() {
            return bytes.length;
        }

        long bytes(int solution) {
            return bytes[solution];
        }

        double cost(int solution) {
            return costs[solution];
        }

        int[] choices(int solution) {
            int[] choices = first.clone();
            steps.subList(0, solution).forEach(step -> choices[step.item] = step.to);
            return choices;
        }
    }

    private Solution solve() {
        relax();
        if (price == 0) {
            return solution(base.clone(), Double.NEGATIVE_INFINITY, true);
        }
        return search();
    }

    // ---- the linear relaxation

    /** A step on the hull of an item: from one choice to the next larger one that is worth it. */
    private record Step(int item, int to, long bytes, double gain, double gainPerByte) {
        Step(int item, int to, long bytes, double gain) {
            this(item, to, bytes, gain, gain / bytes);
        }
    }

    /** Takes steps, those that gain most per byte first, until one does not fit, which sets the price of a byte. */
    private void relax() {
        sortSteps();
        for (Step step : steps) {
            if (baseBytes + step.bytes > budget) {
                price = step.gainPerByte();
                return;
            }
            baseBytes += step.bytes;
            base[step.item] = step.to;
            taken++;
        }
    }

    private void sortSteps() {
        for (int i = 0; i < items.size(); i++) {
            int[] hull = hull(items.get(i));
            base[i] = hull[0];
            baseBytes += items.get(i).bytes[hull[0]];
            for (int j = 1; j < hull.length; j++) {
                steps.add(new Step(i, hull[j], items.get(i).bytes[hull[j]] - items.get(i).bytes[hull[j - 1]],
                        items.get(i).costs[hull[j - 1]] - items.get(i).costs[hull[j]]));
            }
        }
        // Stable: equal steps in the order of the items, and steps of one item never change places.
        steps.sort((a, b) -> Double.compare(b.gainPerByte, a.gainPerByte));
    }

    /** The choices on the lower convex hull of an item, from the smallest to the one that costs least. */
    private static int[] hull(Item item) {
        int[] order = order(item);
        int[] hull = new int[order.length];
        int size = 0;
        for (int next : order) {
            if (size > 0 && item.costs[next] >= item.costs[hull[size - 1]]) {
                continue;
            }
            while (size > 1 && gainPerByte(item, hull[size - 2], hull[size - 1]) <= gainPerByte(item, hull[size - 1],
                    next)) {
                size--;
            }
            hull[size++] = next;
        }
        return Arrays.copyOf(hull, size);
    }

    /** The choices by bytes, those of the same bytes by cost. */
    private static int[] order(Item item) {
        int[] order = new int[item.bytes.length];
        for (int i = 0; i < order.length; i++) {
            int at = i;
            // Choices come nearly in this order.
            while (at > 0 && isBefore(item, i, order[at - 1])) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = i;
        }
        return order;
    }

    private static boolean isBefore(Item item, int a, int b) {
        return item.bytes[a] < item.bytes[b] || item.bytes[a] == item.bytes[b] && item.costs[a] < item.costs[b];
    }

    private static double gainPerByte(Item item, int from, int to) {
        return (item.costs[from] - item.costs[to]) / (item.bytes[to] - item.bytes[from]);
    }

    // ---- the search around its solution

    /** What is changed beside the changes of the state before. */
    private record Change(Change before, int item, int choice) {
    }

    /**
     * Choices of the items looked at so far; all others are as in the base. In the order of bytes; of two the one with more
     * bytes costs less.
     *
     * @param bytes     of all items
     * @param penalties what the choices cost more than the best at the price of a byte
     */
    private final class States {
        private final long[] bytes;
        private final double[] penalties;
        private final Change[] changes;
        private int size;

        /** @param most as many as they become at most */
        States(int most) {
            this.bytes = new long[most];
            this.penalties = new double[most];
            this.changes = new Change[most];
        }

        /** What a state costs, but for what all have in common. */
        private double cost(int state) {
            return penalties[state] - price * (bytes[state] - baseBytes);
        }

        void add(long moreBytes, double penalty, Change change) {
            bytes[size] = moreBytes;
            penalties[size] = penalty;
            changes[size] = change;
            // The one before has fewer bytes.
            size += size == 0 || cost(size) < cost(size - 1) ? 1 : 0;
        }

        /** Adds others, each of which costs less than the one before it. */
        void addAll(States others, int from, int to) {
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
    }

    /**
     * Steps of the items not yet looked at in their order, and the sums over the first so many. States are near each other,
     * so few sums are needed. A sum is made when a state first needs it.
     */
    private final class Sums {
        private final List<Step> ordered;
        private final boolean[] removed = new boolean[items.size()];
        private final Step[] summed;
        private final long[] bytes;
        private final double[] penalties;
        /** How many steps have been read, and how many of these are summed. Steps of removed items are not. */
        private int read;
        private int size;
        /** The bytes asked for last lie between this sum and the next. */
        private int place;

        Sums(List<Step> ordered) {
            this.ordered = ordered;
            this.summed = new Step[ordered.size()];
            this.bytes = new long[ordered.size() + 1];
            this.penalties = new double[ordered.size() + 1];
        }

        private void add(Step step) {
            summed[size] = step;
            bytes[size + 1] = bytes[size] + step.bytes;
            penalties[size + 1] = penalties[size] + Math.abs(price * step.bytes - step.gain);
            size++;
        }

        void remove(int item) {
            removed[item] = true;
            int end = size;
            size = 0;
            while (size < end && summed[size].item != item) {
                size++;
            }
            for (int i = size; i < end; i++) {
                if (summed[i].item != item) {
                    add(summed[i]);
                }
            }
            place = Math.min(place, size);
        }

        double at(long wanted, double beyond) {
            while (bytes[size] < wanted && read < ordered.size()) {
                Step step = ordered.get(read++);
                if (!removed[step.item]) {
                    add(step);
                }
            }
            // States come in the order of bytes.
            while (bytes[place] > wanted) {
                place--;
            }
            while (place < size && bytes[place + 1] <= wanted) {
                place++;
            }
            long rest = wanted - bytes[place];
            if (rest == 0) {
                return penalties[place];
            }
            return penalties[place] + rest * (place == size
                    ? beyond
                    : (penalties[place + 1] - penalties[place]) / (bytes[place + 1] - bytes[place]));
        }
    }

    /** What the items not yet looked at can do at best, by the relaxation: take or give bytes, the cheapest first. */
    private final class Rest {
        private final Sums growth = new Sums(steps.subList(taken, steps.size()));
        private final Sums shrink = new Sums(steps.subList(0, taken).reversed());

        void remove(int item) {
            growth.remove(item);
            shrink.remove(item);
        }

        /** What a state costs at least beyond the relaxation when all items have been looked at. */
        double bound(long bytes, double penalty) {
            long left = budget - bytes;
            return penalty + (left >= 0 ? growth.at(left, price) : shrink.at(-left, Double.POSITIVE_INFINITY));
        }
    }

    private double penalty(int item, int choice) {
        Item each = items.get(item);
        return Math.max(0, each.costs[choice] - each.costs[base[item]] + price * change(item, choice));
    }

    private long change(int item, int choice) {
        return items.get(item).bytes[choice] - items.get(item).bytes[base[item]];
    }

    /** Penalties count from the bound of the relaxation: that, and the price of what is left of the budget. */
    private Solution search() {
        long[] spread = new long[items.size()];
        Integer[] order = new Integer[items.size()];
        for (int i = 0; i < order.length; i++) {
            spread[i] = items.get(i).mostBytes() - items.get(i).leastBytes();
            order[i] = i;
        }
        Arrays.sort(order, (a, b) -> Long.compare(spread[b], spread[a]));
        Rest rest = new Rest();
        States states = new States(1);
        states.add(baseBytes, 0, null);
        Change best = null;
        double least = excess(baseBytes, 0);
        double proven = Double.POSITIVE_INFINITY;
        double tolerance = TOLERANCE * relaxedCost();
        for (int i = 0; i < order.length && states.size > 0; i++) {
            States all = expanded(states, order[i], least);
            rest.remove(order[i]);
            for (int s = 0; s < all.size; s++) {
                double excess = excess(all.bytes[s], all.penalties[s]);
                if (all.bytes[s] <= budget && excess < least) {
                    least = excess;
                    best = all.changes[s];
                }
            }
            double[] bounds = new double[all.size];
            for (int s = 0; s < all.size; s++) {
                bounds[s] = rest.bound(all.bytes[s], all.penalties[s]);
            }
            double limit = least;
            if (all.size > MANY_STATES) {
                limit = least - tolerance;
            }
            if (all.size > MOST_STATES) {
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
        int[] choices = base.clone();
        for (Change change = best; change != null; change = change.before) {
            choices[change.item] = change.choice;
        }
        return solution(choices, proven, proven >= least);
    }

    /** How far the cost of a state that fits is above the bound of the relaxation. */
    private double excess(long bytes, double penalty) {
        return penalty + price * (budget - bytes);
    }

    /** All states with all choices of an item, but those that another beats in both bytes and cost. */
    private States expanded(States states, int item, double most) {
        States all = states;
        for (int choice = 0; choice < items.get(item).bytes.length; choice++) {
            if (choice != base[item] && penalty(item, choice) < most) {
                all = merged(all, states, item, choice, most);
            }
        }
        return all;
    }

    /** Both the states so far and those before with a choice of an item, in the order of bytes. */
    private States merged(States soFar, States before, int item, int choice, double most) {
        States merged = new States(soFar.size + before.size);
        long change = change(item, choice);
        double penalty = penalty(item, choice);
        int next = 0;
        for (int i = 0; i < before.size; i++) {
            long bytes = before.bytes[i] + change;
            double total = before.penalties[i] + penalty;
            if (total < most) {
                int from = next;
                while (next < soFar.size && (soFar.bytes[next] < bytes
                        || soFar.bytes[next] == bytes && soFar.penalties[next] <= total)) {
                    next++;
                }
                merged.addAll(soFar, from, next);
                merged.add(bytes, total, new Change(before.changes[i], item, choice));
            }
        }
        merged.addAll(soFar, next, soFar.size);
        return merged;
    }

    /** The cost that no solution can be below, as the relaxation has it. */
    private double relaxedCost() {
        double cost = 0;
        for (int i = 0; i < base.length; i++) {
            cost += items.get(i).costs[base[i]];
        }
        return cost - price * (budget - baseBytes);
    }

    private Solution solution(int[] choices, double provenExcess, boolean best) {
        long bytes = 0;
        double cost = 0;
        for (int i = 0; i < choices.length; i++) {
            bytes += items.get(i).bytes[choices[i]];
            cost += items.get(i).costs[choices[i]];
        }
        double bound = best ? cost : (relaxedCost() + provenExcess) * (1 - ROUNDING);
        return new Solution(choices, bytes, cost, Math.min(bound, cost));
    }
}
