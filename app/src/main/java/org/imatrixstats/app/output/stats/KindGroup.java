package org.imatrixstats.app.output.stats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.imatrixstats.numeric.Order;
import org.imatrixstats.stats.KindStats;

/**
 * Kinds whose tensors share their inputs in every layer, such as attn_k, attn_q and attn_v.
 *
 * @param kinds at least one; the figures of all are those of the first
 */
record KindGroup(List<KindStats> kinds) {
    static List<KindGroup> of(List<KindStats> kinds) {
        Map<String, KindGroup> groups = new LinkedHashMap<>();
        for (KindStats kind : kinds) {
            if (kind.sameInputAs() == null) {
                groups.put(kind.kind(), new KindGroup(new ArrayList<>(List.of(kind))));
            }
        }
        for (KindStats kind : kinds) {
            if (kind.sameInputAs() != null) {
                KindGroup shared = groups.get(kind.sameInputAs());
                if (shared != null && shared.first().tensors().size() == kind.tensors().size()) {
                    shared.kinds.add(kind);
                } else {
                    groups.put(kind.kind(), new KindGroup(new ArrayList<>(List.of(kind))));
                }
            }
        }
        return groups.values().stream().sorted(Order.byKey(group -> group.first().kind())).toList();
    }

    KindStats first() {
        return kinds.getFirst();
    }

    /** {@code attn_k = attn_q = attn_v}. */
    String label() {
        return kinds.stream().map(KindStats::kind).collect(Collectors.joining(" = "));
    }

    long tensors() {
        return kinds.stream().mapToLong(kind -> kind.tensors().size()).sum();
    }
}
