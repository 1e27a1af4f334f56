package org.imatrixstats.recipe;

import static org.imatrixstats.ggml.GgmlType.*;

import java.util.List;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Dialect;

/** The types that a recipe chooses from where the user does not say. */
public final class Ladder {
    /** K-quants and i-quants; the older types, which these beat, only come in where a shape demands them. */
    private static final List<GgmlType> LLAMA_CPP = List.of(IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, Q2_K, IQ3_XXS, IQ3_S,
            Q3_K, IQ4_XS, Q4_K, Q5_K, Q6_K, Q8_0);
    /** The types of ik_llama.cpp that are fast on both processors and graphics cards: not the trellis types (_kt). */
    private static final List<GgmlType> IK_LLAMA_CPP = List.of(IQ1_S, IQ1_M, IQ2_XXS, IQ2_KS, IQ2_K, IQ2_KL, IQ3_KS,
            IQ3_K, IQ4_KSS, IQ4_KS, IQ4_K, IQ5_KS, IQ5_K, IQ6_K, Q8_0);
    /**
     * Types far below the target save bytes that the sum of distortions cannot weigh: what breaks a tensor does more harm
     * than its squared error says. A convention.
     */
    private static final double LEAST_SHARE_OF_TARGET = 0.75;
    private static final int LONG_ROW = 4096;

    private Ladder() {
    }

    static List<GgmlType> of(Dialect dialect) {
        return dialect == Dialects.ikLlamaCpp() ? IK_LLAMA_CPP : LLAMA_CPP;
    }

    /** Those that take at least three quarters of the target, in bits per weight; the largest one in any case. */
    static List<GgmlType> of(Dialect dialect, double target) {
        double least = LEAST_SHARE_OF_TARGET * Math.min(target, bitsPerWeight(of(dialect).getLast()));
        return of(dialect).stream().filter(type -> bitsPerWeight(type) >= least).toList();
    }

    /** Those that take at least as many bits per weight as one of them. */
    static List<GgmlType> from(Dialect dialect, GgmlType least) {
        return of(dialect).stream().filter(type -> bitsPerWeight(type) >= bitsPerWeight(least)).toList();
    }

    /** Of a row of 4096 elements. */
    public static double bitsPerWeight(GgmlType type) {
        return type.rowBytes(LONG_ROW) * 8.0 / LONG_ROW;
    }
}
