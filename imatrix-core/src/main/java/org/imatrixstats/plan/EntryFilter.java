package org.imatrixstats.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which entries of an importance matrix a quantizer uses, as {@code --include-weights} and {@code --exclude-weights} of both
 * programs say: those whose name holds a text. The texts are plain, not patterns.
 *
 * @param included texts of which a name must hold one; empty if any name will do
 * @param excluded texts of which a name must hold none
 */
public record EntryFilter(List<String> included, List<String> excluded) {
    /** Uses all entries. */
    public static final EntryFilter ALL = new EntryFilter(List.of(), List.of());

    public EntryFilter {
        included = List.copyOf(included);
        excluded = List.copyOf(excluded);
    }

    public boolean isAll() {
        return included.isEmpty() && excluded.isEmpty();
    }

    private boolean keeps(String name) {
        return (included.isEmpty() || included.stream().anyMatch(name::contains))
                && excluded.stream().noneMatch(name::contains);
    }

    /** The entries that are used; where there are none, the programs quantize without an importance matrix. */
    public Map<String, Long> of(Map<String, Long> sizes) {
        if (isAll()) {
            return sizes;
        }
        Map<String, Long> kept = new LinkedHashMap<>();
        sizes.forEach((name, size) -> {
            if (keeps(name)) {
                kept.put(name, size);
            }
        });
        return kept;
    }

    /** The texts that no entry holds. */
    public List<String> idle(Map<String, Long> sizes) {
        return Stream.concat(included.stream(), excluded.stream())
                .filter(text -> sizes.keySet().stream().noneMatch(name -> name.contains(text))).toList();
    }
}
