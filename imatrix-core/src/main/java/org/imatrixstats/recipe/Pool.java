package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.BiConsumer;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.recipe.knapsack.Item;
import org.imatrixstats.recipe.knapsack.Knapsack;
import org.imatrixstats.tensor.TensorInfo;

/**
 * What is chosen from for a size.
 *
 * @param types      types to choose from
 * @param groups     tensors with what they may be
 * @param items      the same as bytes and losses
 * @param fixed      bytes of the tensors that are never quantized
 * @param leastBytes of all tensors, those that are never quantized too
 * @param mostBytes  of all tensors
 */
record Pool(List<GgmlType> types, List<Group> groups, List<Item> items, long fixed, long leastBytes, long mostBytes) {
    /** A type that a tensor may have, as it will be stored. */
    record Option(GgmlType type, long bytes, double loss) {
    }

    /** What each tensor of a group is stored as, and what they take and lose together. */
    record Combination(List<Option> options, long bytes, double loss) {
        static Combination of(List<Option> options) {
            long bytes = 0;
            DoubleSummaryStatistics losses = new DoubleSummaryStatistics();
            for (Option option : options) {
                bytes += option.bytes;
                losses.accept(option.loss);
            }
            return new Combination(options, bytes, losses.getSum());
        }
    }

    /** Tensors that get one type, and what they are stored as for each type that all of them may have. */
    record Group(List<TensorInfo> tensors, List<Combination> combinations) {
        private Item item() {
            long[] bytes = new long[combinations.size()];
            double[] losses = new double[combinations.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = combinations.get(i).bytes;
                losses[i] = combinations.get(i).loss;
            }
            return new Item(bytes, losses);
        }

        /** Without what takes no fewer bytes than copying the tensors: a larger type than the present one gains nothing. */
        Group unbeaten() {
            long copied = Long.MAX_VALUE;
            for (Combination each : combinations) {
                if (each.loss == 0) {
                    copied = Math.min(copied, each.bytes);
                }
            }
            List<Combination> unbeaten = new ArrayList<>(combinations.size());
            for (Combination each : combinations) {
                if (!(each.loss > 0) || each.bytes < copied) {
                    unbeaten.add(each);
                }
            }
            return new Group(tensors, unbeaten);
        }

        Group smallest() {
            return new Group(tensors,
                    combinations.stream().min((a, b) -> Long.compare(a.bytes, b.bytes)).stream().toList());
        }

        String label() {
            return String.join(" and ", tensors.stream().map(TensorInfo::name).toList())
                    + (tensors.size() > 1 ? ", which get one type" : "");
        }
    }

    static Pool of(List<GgmlType> types, List<Group> groups, long fixed) {
        List<Item> items = groups.stream().filter(group -> !group.combinations.isEmpty()).map(Group::item).toList();
        return new Pool(types, groups, items, fixed, fixed + Knapsack.leastBytes(items),
                fixed + Knapsack.mostBytes(items));
    }

    /** Tells of each tensor and what it is stored as, by the choice of each group. */
    void forEach(int[] choices, BiConsumer<TensorInfo, Option> told) {
        for (int i = 0; i < choices.length; i++) {
            Group group = groups.get(i);
            List<Option> options = group.combinations.get(choices[i]).options;
            for (int j = 0; j < options.size(); j++) {
                told.accept(group.tensors.get(j), options.get(j));
            }
        }
    }

    /** Whether each tensor may have some type. */
    boolean isComplete() {
        return items.size() == groups.size();
    }
}
