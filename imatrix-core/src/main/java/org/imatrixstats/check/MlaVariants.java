package org.imatrixstats.check;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Multi-head latent attention: one matrix {@code attn_kv_b}, or its halves {@code attn_k_b} and {@code attn_v_b} with one
 * matrix per head. Which of them a model file holds depends on when and with what it was converted.
 */
final class MlaVariants {
    private static final List<String> KINDS = List.of("attn_kv_b", "attn_k_b", "attn_v_b");
    private static final Set<String> HALVES = Set.of("attn_k_b", "attn_v_b");

    private MlaVariants() {
    }

    static boolean isHalf(String kind) {
        return HALVES.contains(kind);
    }

    /** The other names of the same attention that are there; none for a tensor of another kind. */
    static List<String> of(String tensor, Predicate<String> isThere) {
        for (String kind : KINDS) {
            if (tensor.endsWith("." + kind + ".weight")) {
                return KINDS.stream().filter(other -> !other.equals(kind))
                        .map(other -> tensor.replace("." + kind + ".", "." + other + ".")).filter(isThere).toList();
            }
        }
        return List.of();
    }
}
