package org.imatrixstats.stats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.imatrixstats.numeric.Spread;

/**
 * Where a tensor stands by its mean E[x²] per column with data. Only tensors of one kind are comparable: between kinds the
 * figures differ by orders of magnitude for reasons that have nothing to do with importance. The mean and not Σ decides,
 * because Σ also counts the columns: a layer in which some experts have no data, or whose rows are shorter, has a smaller Σ
 * without being less important.
 *
 * @param rankInKind  1 for the largest mean of its kind; equal means share the better rank; NaN where all are alike
 * @param robustZ     (ln mean − median) / max(1.4826 · MAD, 0.0037) over the kind; NaN for fewer than 3 tensors and where
 *                    all are alike
 * @param shareOfKind Σ over the sum of Σ of the kind
 * @param rankOverall 1 for the largest Σ of all tensors: the order of the first version of the statistic
 * @param kind        the spread of ln mean over the kind
 * @param kindSize    tensors of the kind that have a mean
 */
record Standing(double rankInKind, double robustZ, double shareOfKind, int rankOverall, LogSpread kind, int kindSize) {
    /** Whether the tensors of the kind are known to be all alike. */
    boolean alike() {
        return kindSize >= Spread.LEAST_FOR_Z && kind.alike();
    }

    /** Whether the tensors of the kind differ enough that their order means something. */
    boolean ranked() {
        return kindSize >= Spread.LEAST_FOR_Z && !kind.alike();
    }

    /** The standing of all tensors that have a mean. */
    static Map<TensorStats, Standing> of(List<TensorStats> tensors) {
        List<TensorStats> defined = tensors.stream().filter(tensor -> !Double.isNaN(Statistic.MEAN.of(tensor)))
                .toList();
        Map<TensorStats, Integer> overall = ranks(defined, Statistic.SUM);
        Map<TensorStats, Standing> standings = new HashMap<>();
        byKind(defined).forEach((_, members) -> {
            Map<TensorStats, Integer> inKind = ranks(members, Statistic.MEAN);
            double total = members.stream().mapToDouble(Statistic.SUM::of).sum();
            LogSpread spread = LogSpread.ofMeans(members);
            boolean alike = members.size() >= Spread.LEAST_FOR_Z && spread.alike();
            for (TensorStats tensor : members) {
                standings.put(tensor, new Standing(alike ? Double.NaN : inKind.get(tensor),
                        alike ? Double.NaN : spread.z(Statistic.MEAN.of(tensor)), Statistic.SUM.of(tensor) / total,
                        overall.get(tensor), spread, members.size()));
            }
        });
        return standings;
    }

    static Map<String, List<TensorStats>> byKind(List<TensorStats> tensors) {
        Map<String, List<TensorStats>> kinds = new TreeMap<>();
        tensors.forEach(tensor -> kinds.computeIfAbsent(tensor.name().kind(), _ -> new ArrayList<>()).add(tensor));
        return kinds;
    }

    private static Map<TensorStats, Integer> ranks(List<TensorStats> tensors, Statistic statistic) {
        List<TensorStats> sorted = new ArrayList<>(tensors);
        sorted.sort((a, b) -> Double.compare(statistic.of(b), statistic.of(a)));
        Map<TensorStats, Integer> ranks = new HashMap<>();
        int rank = 0;
        for (int i = 0; i < sorted.size(); i++) {
            if (i == 0 || statistic.of(sorted.get(i)) != statistic.of(sorted.get(i - 1))) {
                rank = i + 1;
            }
            ranks.put(sorted.get(i), rank);
        }
        return ranks;
    }
}
