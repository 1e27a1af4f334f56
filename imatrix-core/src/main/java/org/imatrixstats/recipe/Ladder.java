package org.imatrixstats.recipe;

import java.util.List;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialect;

/** The types that a recipe chooses from where the user does not say. */
public final class Ladder {
    /**
     * Types far below the target save bytes that the sum of distortions cannot weigh: what breaks a tensor does more harm
     * than its squared error says. A convention.
     */
    private static final double LEAST_SHARE_OF_TARGET = 0.75;
    private static final int LONG_ROW = 4096;

    private Ladder() {
    }

    /** Those that take at least three quarters of the target, in bits per weight; the largest one in any case. */
    static List<GgmlType> of(Dialect dialect, double target) {
        double least = LEAST_SHARE_OF_TARGET * Math.min(target, bitsPerWeight(dialect.recipeTypes().getLast()));
        return dialect.recipeTypes().stream().filter(type -> bitsPerWeight(type) >= least).toList();
    }

    /** Those that take at least as many bits per weight as one of them. */
    static List<GgmlType> from(Dialect dialect, GgmlType least) {
        return dialect.recipeTypes().stream().filter(type -> bitsPerWeight(type) >= bitsPerWeight(least)).toList();
    }

    /** Of a row of 4096 elements. */
    public static double bitsPerWeight(GgmlType type) {
        return type.rowBytes(LONG_ROW) * 8.0 / LONG_ROW;
    }
}
