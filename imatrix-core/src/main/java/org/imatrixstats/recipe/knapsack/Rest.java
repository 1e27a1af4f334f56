package org.imatrixstats.recipe.knapsack;

import java.util.List;

import org.imatrixstats.recipe.knapsack.Steps.Step;

/** What the items not yet looked at can do at best, by the relaxation: take or give bytes, the cheapest first. */
final class Rest {
    private final Relaxation relaxation;
    private final Sums growth;
    private final Sums shrink;

    Rest(Relaxation relaxation) {
        this.relaxation = relaxation;
        this.growth = new Sums(relaxation.left(), relaxation);
        this.shrink = new Sums(relaxation.taken().reversed(), relaxation);
    }

    void remove(int item) {
        growth.remove(item);
        shrink.remove(item);
    }

    /** What a state costs at least beyond the relaxation when all items have been looked at. */
    double bound(long bytes, double penalty) {
        long left = relaxation.budget - bytes;
        return penalty
                + (left >= 0 ? growth.at(left, relaxation.price) : shrink.at(-left, Double.POSITIVE_INFINITY));
    }

    /**
     * Steps of the items not yet looked at in their order, and the sums over the first so many. States are near each other,
     * so few sums are needed. A sum is made when a state first needs it.
     */
    private static final class Sums {
        private final List<Step> ordered;
        private final double price;
        private final boolean[] removed;
        private final Step[] summed;
        private final long[] bytes;
        private final double[] penalties;
        /** How many steps have been read, and how many of these are summed. Steps of removed items are not. */
        private int read;
        private int size;
        /** The bytes asked for last lie between this sum and the next. */
        private int place;

        Sums(List<Step> ordered, Relaxation relaxation) {
            this.ordered = ordered;
            this.price = relaxation.price;
            this.removed = new boolean[relaxation.items.size()];
            this.summed = new Step[ordered.size()];
            this.bytes = new long[ordered.size() + 1];
            this.penalties = new double[ordered.size() + 1];
        }

        private void add(Step step) {
            summed[size] = step;
            bytes[size + 1] = bytes[size] + step.bytes();
            penalties[size + 1] = penalties[size] + Math.abs(price * step.bytes() - step.gain());
            size++;
        }

        void remove(int item) {
            removed[item] = true;
            int end = size;
            size = 0;
            while (size < end && summed[size].item() != item) {
                size++;
            }
            for (int i = size; i < end; i++) {
                if (summed[i].item() != item) {
                    add(summed[i]);
                }
            }
            place = Math.min(place, size);
        }

        double at(long wanted, double beyond) {
            while (bytes[size] < wanted && read < ordered.size()) {
                Step step = ordered.get(read++);
                if (!removed[step.item()]) {
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
}
