package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/** What the quantizer stores the tensors of a model as for each type that a rule may give them. */
final class StoredTypes {
    /** Tensors that the quantizer treats alike: of one shape, type and size of entry, and of one name but for its layer. */
    static final class Sort {
        private final TensorInfo first;
        private final Optional<Long> entry;
        private final String kind;
        /** What they are stored as for each type; empty if they cannot have it. */
        private final Map<GgmlType, Optional<GgmlType>> storedAs = new EnumMap<>(GgmlType.class);

        private Sort(TensorInfo first, Optional<Long> entry, String kind) {
            this.first = first;
            this.entry = entry;
            this.kind = kind;
        }

        private boolean isOf(TensorInfo tensor, Optional<Long> otherEntry) {
            return tensor.type() == first.type() && tensor.dims().equals(first.dims()) && otherEntry.equals(entry);
        }

        String kind() {
            return kind;
        }
    }

    private final Model model;
    private final Dialect dialect;
    private final QuantizeOptions quantize;
    private final Map<GgmlType, QuantizeOptions> everywhere = new EnumMap<>(GgmlType.class);
    /** By name in any layer. */
    private final Map<String, List<Sort>> sorts = new HashMap<>();

    StoredTypes(Model model, Dialect dialect, QuantizeOptions quantize) {
        this.model = model;
        this.dialect = dialect;
        this.quantize = quantize;
    }

    Sort sort(TensorInfo tensor, TensorName name) {
        Map<String, Long> entries = quantize.imatrix().orElse(Map.of());
        Optional<Long> entry = dialect.entry(tensor.name(), entries).map(entries::get);
        List<Sort> known = sorts.computeIfAbsent(name.hasLayer() ? name.inLayer(0) : name.name(),
                _ -> new ArrayList<>());
        for (Sort sort : known) {
            if (sort.isOf(tensor, entry)) {
                return sort;
            }
        }
        Sort sort = new Sort(tensor, entry, name.kind());
        known.add(sort);
        return sort;
    }

    /** The type that the quantizer would store in place of another; empty if it would not. */
    Optional<GgmlType> of(Sort sort, GgmlType type) {
        Optional<GgmlType> stored = sort.storedAs.get(type);
        if (stored == null) {
            stored = stored(sort.first, type);
            sort.storedAs.put(type, stored);
        }
        return stored;
    }

    /** What the simulation makes of a tensor that stands alone under a rule for everything. */
    private Optional<GgmlType> stored(TensorInfo tensor, GgmlType type) {
        Model alone = new Model(model.name(), model.architecture(), model.layers(), model.queryGroup(),
                model.experts(), model.vocabulary(), 0, List.of(tensor));
        try {
            Plan plan = Plan.ofTypes(dialect, alone, everywhere(type));
            PlannedTensor planned = plan.tensors().getFirst();
            boolean crashes = dialect.crashesAt(planned, quantize.imatrix().orElse(Map.of()));
            return plan.missingImatrix().isEmpty() && !planned.isBroken() && !crashes
                    ? Optional.of(planned.type())
                    : Optional.empty();
        } catch (RefusedException e) {
            return Optional.empty();
        }
    }

    /** One type for all tensors. */
    QuantizeOptions everywhere(GgmlType type) throws RefusedException {
        QuantizeOptions known = everywhere.get(type);
        if (known == null) {
            // An empty pattern is found in every name.
            known = quantize.withRules(List.of(dialect.rule("", type)));
            everywhere.put(type, known);
        }
        return known;
    }
}
