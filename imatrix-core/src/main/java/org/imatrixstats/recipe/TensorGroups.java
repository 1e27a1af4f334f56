package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Remedy;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.recipe.Pool.Combination;
import org.imatrixstats.recipe.Pool.Group;
import org.imatrixstats.recipe.Pool.Option;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/** Which tensors of a model get one type, and what they may be stored as. */
final class TensorGroups {
    private static final int SMALLEST_BLOCK = 32;
    /** Far below the largest double: losses are added, and multiplied by bytes. */
    private static final double MOST_LOSS = 1e200;

    /** Tensors that get one type. */
    private static final class Members {
        private final List<TensorInfo> tensors = new ArrayList<>();
        private final List<StoredTypes.Sort> sorts = new ArrayList<>();
        /** Per tensor what it may be stored as, as far as that is known. */
        private final List<Map<GgmlType, Option>> options = new ArrayList<>();

        void add(TensorInfo tensor, StoredTypes.Sort sort) {
            tensors.add(tensor);
            sorts.add(sort);
            options.add(new EnumMap<>(GgmlType.class));
        }
    }

    private final Model model;
    private final RecipeOptions options;
    private final Dialect dialect;
    private final Losses losses;
    private final StoredTypes stored;
    private final Collection<Members> groups;

    TensorGroups(List<TensorInfo> tensors, Model model, RecipeOptions options, Losses losses, StoredTypes stored) {
        this.model = model;
        this.options = options;
        this.dialect = options.dialect();
        this.losses = losses;
        this.stored = stored;
        Map<String, Members> byLabel = new LinkedHashMap<>();
        for (TensorInfo tensor : tensors) {
            TensorName name = TensorName.of(tensor.name());
            byLabel.computeIfAbsent(group(name), _ -> new Members()).add(tensor, stored.sort(tensor, name));
        }
        this.groups = byLabel.values();
    }

    /** Tensors whose type is given stand alone. */
    private String group(TensorName name) {
        if (name.hasLayer() && options.pin(name.name()).isEmpty()) {
            for (Harmony harmony : List.of(Harmony.QKV, Harmony.QK, Harmony.GATE_UP)) {
                Optional<String> group = options.harmonies().contains(harmony)
                        ? harmony.group(name)
                        : Optional.empty();
                if (group.isPresent()) {
                    return name.inStack() + " " + group.get();
                }
            }
        }
        return name.name();
    }

    /** The groups with what they may be of some types. */
    List<Group> of(List<GgmlType> types) throws RecipeException {
        // The same tensors of another layer are mostly of the same sorts.
        Map<List<StoredTypes.Sort>, Collection<List<GgmlType>>> storedAs = new HashMap<>();
        List<Group> all = new ArrayList<>(groups.size());
        for (Members members : groups) {
            all.add(group(members, types, storedAs));
        }
        return all;
    }

    /** Rows that no block fits stay at 16 bits. */
    private Group group(Members members, List<GgmlType> types,
            Map<List<StoredTypes.Sort>, Collection<List<GgmlType>>> storedAs)
            throws RecipeException {
        Optional<RecipeOptions.Pin> pin = options.pin(members.tensors.getFirst().name());
        if (pin.isPresent() || !fitsBlocks(members)) {
            GgmlType type = pin.map(RecipeOptions.Pin::type).orElse(GgmlType.F16);
            return group(members, storedAs(members, List.of(type), false));
        }
        if (isUnused(members)) {
            return group(members, storedAs(members, withPresent(needingNoEntry(types), members), true)).smallest();
        }
        Collection<List<GgmlType>> known = storedAs.get(members.sorts);
        if (known == null) {
            known = storedAs(members, withPresent(types, members), true);
            storedAs.put(members.sorts, known);
        }
        return group(members, known).unbeaten();
    }

    private static boolean fitsBlocks(Members members) {
        for (TensorInfo tensor : members.tensors) {
            if (tensor.ne0() % SMALLEST_BLOCK != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean isUnused(Members members) {
        for (TensorInfo tensor : members.tensors) {
            if (!model.isUnused(tensor.name())) {
                return false;
            }
        }
        return true;
    }

    private Group group(Members members, Collection<List<GgmlType>> storedAs) throws RecipeException {
        List<Combination> combinations = new ArrayList<>(storedAs.size());
        for (List<GgmlType> types : storedAs) {
            List<Option> known = new ArrayList<>(types.size());
            for (int i = 0; i < types.size(); i++) {
                Option option = option(members.tensors.get(i), types.get(i), members.options.get(i));
                if (!Double.isNaN(option.loss())) {
                    known.add(option);
                }
            }
            if (known.size() == types.size()) {
                combinations.add(Combination.of(known));
            }
        }
        return new Group(members.tensors, combinations);
    }

    /** What tensors that are never computed with can have: the types of the dialect too, whatever the target. */
    private List<GgmlType> needingNoEntry(List<GgmlType> types) {
        return Stream.concat(types.stream(), dialect.recipeTypes().stream()).distinct()
                .filter(type -> !dialect.needsEntry(type)).toList();
    }

    /** The types to choose from and those that quants have already, which are copied if they keep theirs. */
    private Collection<GgmlType> withPresent(List<GgmlType> types, Members members) {
        Set<GgmlType> all = new LinkedHashSet<>(types);
        members.tensors.stream().map(TensorInfo::ggmlType)
                .filter(type -> PlannedTensor.isQuant(type) && dialect.types().contains(type)).forEach(all::add);
        return all;
    }

    /** What members are stored as for each type that all of them may have. Types that are stored as the same count once. */
    private Collection<List<GgmlType>> storedAs(Members members, Collection<GgmlType> types, boolean limited) {
        Set<List<GgmlType>> all = new LinkedHashSet<>();
        for (GgmlType type : types) {
            List<GgmlType> each = new ArrayList<>();
            for (StoredTypes.Sort sort : members.sorts) {
                Optional<GgmlType> as = stored.of(sort, type);
                if (as.isPresent() && (!limited || options.allows(sort.kind(), as.get()))) {
                    each.add(as.get());
                }
            }
            if (each.size() == members.sorts.size()) {
                all.add(each);
            }
        }
        return all;
    }

    /** A tensor stored as this type; its loss is NaN if that is not known. */
    private Option option(TensorInfo tensor, GgmlType type, Map<GgmlType, Option> known) throws RecipeException {
        Option option = known.get(type);
        if (option == null) {
            option = new Option(type, dialect.bytes(type, tensor), losses.of(tensor, type));
            known.put(type, option);
        }
        if (option.loss() > MOST_LOSS) {
            throw new RecipeException("tensor '" + tensor.name() + "': its loss in " + dialect.nameOf(type) + " is "
                    + option.loss() + ", beyond " + MOST_LOSS
                    + ": give smaller figures", Remedy.LOSSES);
        }
        return option;
    }
}
