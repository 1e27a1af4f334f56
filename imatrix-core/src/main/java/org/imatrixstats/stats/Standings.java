package org.imatrixstats.stats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.imatrixstats.numeric.Spread;

/** Compares tensors with the others of their kind. */
final class Standings {
    private Standings() {
    }

    /** The standing of all tensors that have a mean. */
    static Map<TensorStats, Standing> of(List<TensorStats> tensors) {
        List<TensorStats> defined = tensors.stream().filter(tensor -> !Double.isNaN(Statistic.MEAN.of(tensor)))
                .toList();
        Map<TensorStats, Integer> overall = ranks(defined, Statistic.SUM);
        Map<TensorStats, Standing> standings = new HashMap<>();
        byKind(defined).forEach((_, members) -> {
            Map<TensorStats, Integer> inKind = ranks(members, Statistic.MEAN);
            double total = whole(members);
            LogSpread spread = ofMeans(members);
            boolean alike = members.size() >= Spread.LEAST_FOR_Z && spread.alike();
            for (TensorStats tensor : members) {
                standings.put(tensor, new Standing(alike ? Double.NaN : inKind.get(tensor),
                        alike ? Double.NaN : spread.z(Statistic.MEAN.of(tensor)), Statistic.SUM.of(tensor) / total,
                        overall.get(tensor), spread, members.size()));
            }
        });
        return standings;
    }

    /** What shares are parts of: the sum of Σ of the tensors that have one. NaN if one is negative: then no share means anything. */
    static double whole(List<TensorStats> tensors) {
        double whole = 0;
        for (TensorStats tensor : tensors) {
            double sum = Statistic.SUM.of(tensor);
            if (!Double.isNaN(sum)) {
                whole += sum < 0 ? Double.NaN : sum;
            }
        }
        return whole;
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

    /** How the mean E[x²] spreads over tensors. */
    static LogSpread ofMeans(List<TensorStats> tensors) {
        return LogSpread.of(tensors.stream().mapToDouble(Statistic.MEAN::of).toArray());
    }
}
