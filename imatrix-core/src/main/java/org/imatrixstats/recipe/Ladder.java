package org.imatrixstats.recipe;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialect;

/** The types that a recipe chooses from where the user does not say. */
final class Ladder {
    /**
     * Types far below the target save bytes that the sum of distortions cannot weigh: what breaks a tensor does more harm
     * than its squared error says. A convention.
     */
    private static final double LEAST_SHARE = 0.75;
    /**
     * Residual shares tell which tensors bear i-quants of so many bits below a target of up to so many, and of at least so many.
     * K-quants lose more than their error says, and so do i-quants below larger targets. Measured on two models
     * (docs/recipe.md).
     */
    private static final double BITS_BELOW = 1.3;
    private static final double MOST_TARGET = 4.5;
    private static final double LEAST_BITS = 2;
    private static final int LONG_ROW = 4096;
    /** Less than the distance of two edges, more than what rounding does to them. */
    private static final double BESIDE = 1e-9;

    private Ladder() {
    }

    /**
     * Those that are not far below the target; the largest one in any case.
     *
     * @param target   bits per weight
     * @param byShares whether losses go by residual shares
     */
    static List<GgmlType> of(Dialect dialect, double target, boolean byShares) {
        double capped = Math.min(target, bitsPerWeight(dialect.recipeTypes().getLast()));
        return dialect.recipeTypes().stream()
                .filter(type -> bitsPerWeight(type) >= least(capped, byShares && !isKQuant(type))).toList();
    }

    private static double least(double target, boolean lower) {
        double least = LEAST_SHARE * target;
        return lower && target <= MOST_TARGET
                ? Math.min(least, Math.max(LEAST_BITS, target - BITS_BELOW))
                : least;
    }

    private static boolean isKQuant(GgmlType type) {
        return type.ggmlName().startsWith("q");
    }

    /** Those of all targets, from the smallest target on, each once. */
    static List<List<GgmlType>> all(Dialect dialect, boolean byShares) {
        TreeSet<Double> edges = new TreeSet<>(Set.of(MOST_TARGET));
        for (GgmlType type : dialect.recipeTypes()) {
            edges.add(bitsPerWeight(type) / LEAST_SHARE);
            edges.add(bitsPerWeight(type) + BITS_BELOW);
        }
        Set<List<GgmlType>> all = new LinkedHashSet<>();
        for (double edge : edges) {
            all.add(of(dialect, edge - BESIDE, byShares));
            all.add(of(dialect, edge + BESIDE, byShares));
        }
        return List.copyOf(all);
    }

    /** Of a row of 4096 elements. */
    static double bitsPerWeight(GgmlType type) {
        return type.rowBytes(LONG_ROW) * 8.0 / LONG_ROW;
    }
}
