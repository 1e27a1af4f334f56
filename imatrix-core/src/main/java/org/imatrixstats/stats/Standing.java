package org.imatrixstats.stats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.imatrixstats.numeric.Spread;

/**
 * Where a tensor stands by its Σ. Only tensors of one kind are comparable: between kinds Σ differs by orders of
 * magnitude for reasons that have nothing to do with importance, and it grows with depth.
 *
 * @param rankInKind  1 for the largest Σ of its kind; equal Σ share the better rank
 * @param robustZ     (ln Σ − median) / (1.4826 · MAD) over the kind; NaN for fewer than 3 tensors or if the MAD is 0
 * @param shareOfKind Σ over the sum of Σ of the kind
 * @param rankOverall 1 for the largest Σ of all tensors: the order of the first version of the statistic
 * @param kindSize    tensors of the kind that have a Σ
 * @param kindSpread  1.4826 · MAD of ln Σ over the kind
 */
record Standing(int rankInKind, double robustZ, double shareOfKind, int rankOverall, int kindSize, double kindSpread) {
    /** With less spread than this, a typical factor of 1.01, the tensors of a kind are all alike. */
    private static final double ALIKE = 0.01;

    /** Whether the tensors of the kind are known to be all alike. */
    boolean alike() {
        return kindSize >= Spread.LEAST_FOR_Z && kindSpread < ALIKE;
    }

    /** Whether the tensors of the kind differ enough in Σ that their order means something. */
    boolean ranked() {
        return kindSize >= Spread.LEAST_FOR_Z && kindSpread >= ALIKE;
    }

    /** The standing of all tensors that have a Σ. */
    static Map<TensorStats, Standing> of(List<TensorStats> tensors) {
        List<TensorStats> ranked = tensors.stream().filter(tensor -> !Double.isNaN(sum(tensor))).toList();
        Map<TensorStats, Integer> overall = ranks(ranked);
        Map<TensorStats, Standing> standings = new HashMap<>();
        byKind(ranked).forEach((_, members) -> {
            Map<TensorStats, Integer> inKind = ranks(members);
            double total = members.stream().mapToDouble(Standing::sum).sum();
            Spread spread = logSpread(members);
            for (TensorStats tensor : members) {
                standings.put(tensor, new Standing(inKind.get(tensor), z(spread, sum(tensor)), sum(tensor) / total,
                        overall.get(tensor), members.size(), spread.sigma()));
            }
        });
        return standings;
    }

    static Map<String, List<TensorStats>> byKind(List<TensorStats> tensors) {
        Map<String, List<TensorStats>> kinds = new TreeMap<>();
        tensors.forEach(tensor -> kinds.computeIfAbsent(tensor.name().kind(), _ -> new ArrayList<>()).add(tensor));
        return kinds;
    }

    private static double sum(TensorStats tensor) {
        return Statistic.SUM.of(tensor);
    }

    private static Map<TensorStats, Integer> ranks(List<TensorStats> tensors) {
        List<TensorStats> sorted = new ArrayList<>(tensors);
        sorted.sort((a, b) -> Double.compare(sum(b), sum(a)));
        Map<TensorStats, Integer> ranks = new HashMap<>();
        int rank = 0;
        for (int i = 0; i < sorted.size(); i++) {
            if (i == 0 || sum(sorted.get(i)) != sum(sorted.get(i - 1))) {
                rank = i + 1;
            }
            ranks.put(sorted.get(i), rank);
        }
        return ranks;
    }

    /** The spread of ln Σ over one kind. */
    static Spread logSpread(List<TensorStats> members) {
        return Spread.of(members.stream().mapToDouble(tensor -> Math.log(sum(tensor))).filter(Double::isFinite)
                .toArray());
    }

    private static double z(Spread spread, double sum) {
        return sum > 0 ? spread.z(Math.log(sum)) : Double.NaN;
    }
}
