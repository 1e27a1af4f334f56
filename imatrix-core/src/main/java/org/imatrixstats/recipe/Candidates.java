package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Remedy;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/**
 * What each tensor of a model may be stored as, its bytes and its losses. It is worked out once; recipes of any number of
 * sizes choose from it.
 */
final class Candidates {
    /** A type that a tensor may have, as it will be stored. */
    record Option(GgmlType type, long bytes, double loss) {
    }

    /** What each tensor of a group is stored as, and what they take and lose together. */
    record Combination(List<Option> options, long bytes, double loss) {
        static Combination of(List<Option> options) {
            long bytes = 0;
            DoubleSummaryStatistics losses = new DoubleSummaryStatistics();
            for (Option option : options) {
                bytes += option.bytes;
                losses.accept(option.loss);
            }
            return new Combination(options, bytes, losses.getSum());
        }
    }

    /** Tensors that get one type, and what they are stored as for each type that all of them may have. */
    record Group(List<TensorInfo> tensors, List<Combination> combinations) {
        Knapsack.Item item() {
            long[] bytes = new long[combinations.size()];
            double[] losses = new double[combinations.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = combinations.get(i).bytes;
                losses[i] = combinations.get(i).loss;
            }
            return new Knapsack.Item(bytes, losses);
        }

        /** Without what takes no fewer bytes than copying the tensors: a larger type than the present one gains nothing. */
        private Group unbeaten() {
            long copied = Long.MAX_VALUE;
            for (Combination each : combinations) {
                if (each.loss == 0) {
                    copied = Math.min(copied, each.bytes);
                }
            }
            List<Combination> unbeaten = new ArrayList<>(combinations.size());
            for (Combination each : combinations) {
                if (!(each.loss > 0) || each.bytes < copied) {
                    unbeaten.add(each);
                }
            }
            return new Group(tensors, unbeaten);
        }

        private Group smallest() {
            return new Group(tensors,
                    combinations.stream().min((a, b) -> Long.compare(a.bytes, b.bytes)).stream().toList());
        }

        String label() {
            return String.join(" and ", tensors.stream().map(TensorInfo::name).toList())
                    + (tensors.size() > 1 ? ", which get one type" : "");
        }
    }

    private static final int SMALLEST_BLOCK = 32;
    /** Far below the largest double: losses are added, and multiplied by bytes. */
    private static final double MOST_LOSS = 1e200;

    /** Tensors that the quantizer treats alike: of one shape, type and size of entry, and of one name but for its layer. */
    private static final class Sort {
        private final TensorInfo first;
        private final Optional<Long> entry;
        private final String kind;
        /** What they are stored as for each type; empty if they cannot have it. */
        private final Map<GgmlType, Optional<GgmlType>> storedAs = new EnumMap<>(GgmlType.class);

        Sort(TensorInfo first, Optional<Long> entry, String kind) {
            this.first = first;
            this.entry = entry;
            this.kind = kind;
        }

        boolean isOf(TensorInfo tensor, Optional<Long> otherEntry) {
            return tensor.type() == first.type() && tensor.dims().equals(first.dims()) && otherEntry.equals(entry);
        }
    }

    /** Tensors that get one type. */
    private static final class Members {
        private final List<TensorInfo> tensors = new ArrayList<>();
        private final List<Sort> sorts = new ArrayList<>();
        /** Per tensor what it may be stored as, as far as that is known. */
        private final List<Map<GgmlType, Option>> options = new ArrayList<>();

        void add(TensorInfo tensor, Sort sort) {
            tensors.add(tensor);
            sorts.add(sort);
            options.add(new EnumMap<>(GgmlType.class));
        }
    }

    private final Map<GgmlType, QuantizeOptions> everywhere = new EnumMap<>(GgmlType.class);
    private final Map<List<GgmlType>, Pool> pools = new HashMap<>();
    private final Model model;
    private final RecipeOptions options;
    private final Losses losses;
    private final Dialect dialect;
    private final QuantizeOptions quantize;
    private final List<TensorInfo> tensors = new ArrayList<>();
    private final long fixedBytes;
    private final List<GgmlType> given;
    private final Collection<Members> groups;

    /**
     * What is chosen from for a size.
     *
     * @param types      types to choose from
     * @param groups     tensors with what they may be
     * @param items      the same as bytes and losses
     * @param fixed      bytes of the tensors that are never quantized
     * @param leastBytes of all tensors, those that are never quantized too
     * @param mostBytes  of all tensors
     */
    record Pool(List<GgmlType> types, List<Group> groups, List<Knapsack.Item> items, long fixed, long leastBytes,
            long mostBytes) {
        static Pool of(List<GgmlType> types, List<Group> groups, long fixed) {
            List<Knapsack.Item> items = groups.stream().filter(group -> !group.combinations.isEmpty()).map(Group::item)
                    .toList();
            return new Pool(types, groups, items, fixed, fixed + Knapsack.leastBytes(items),
                    fixed + Knapsack.mostBytes(items));
        }

        boolean isComplete() {
            return items.size() == groups.size();
        }
    }

    /**
     * @param imatrix values per entry of the importance matrix; empty without one
     * @throws RecipeException  if an option means no tensor, or a type whose loss is not known
     * @throws RefusedException if the quantizer refuses the model whatever the types
     */
    Candidates(Model model, RecipeOptions options, Losses losses, Optional<Map<String, Long>> imatrix)
            throws RecipeException, RefusedException {
        this.model = model;
        this.options = options;
        this.losses = losses;
        this.dialect = options.dialect();
        QuantizeOptions plain = QuantizeOptions.of(options.base());
        this.quantize = imatrix.isPresent() ? plain.withImatrix(imatrix.get()) : plain;
        long fixed = 0;
        Set<String> copied = copied();
        for (TensorInfo tensor : model.tensors()) {
            if (copied.contains(tensor.name())) {
                fixed += dialect.bytes(tensor.ggmlType(), tensor);
            } else {
                tensors.add(tensor);
            }
        }
        this.fixedBytes = fixed;
        if (tensors.isEmpty()) {
            throw new RecipeException(model.name() + ": has no tensor that " + dialect.name() + " quantizes");
        }
        requirePinned();
        this.given = given();
        this.groups = groups();
    }

    /** The names of the tensors that are never quantized. */
    private Set<String> copied() throws RefusedException {
        Set<String> copied = new HashSet<>();
        for (PlannedTensor tensor : Plan.ofTypes(dialect, model, everywhere(GgmlType.F16)).tensors()) {
            if (!tensor.quantized()) {
                copied.add(tensor.name());
            }
        }
        return copied;
    }

    Model model() {
        return model;
    }

    RecipeOptions options() {
        return options;
    }

    Losses losses() {
        return losses;
    }

    QuantizeOptions quantize() {
        return quantize;
    }

    /** The tensors that are quantized, in the order of the model. */
    List<TensorInfo> tensors() {
        return tensors;
    }

    /**
     * What a recipe of so many bytes chooses from.
     *
     * @throws RecipeException if that cannot be: the message says what is possible
     */
    Pool within(long budget) throws RecipeException, RefusedException {
        Pool pool = of(types(budget));
        if (!isEnough(pool, budget)) {
            pool = all();
        }
        requireComplete(pool);
        if (pool.leastBytes > budget) {
            throw new RecipeException(model.name() + ": cannot be made as small as " + size(budget)
                    + " with these types and options; possible sizes: " + size(pool.leastBytes) + " to "
                    + size(pool.mostBytes) + withoutImatrix(pool.types));
        }
        return pool;
    }

    /** What recipes of all sizes choose from: the smallest one from all types. */
    Pool all() throws RecipeException, RefusedException {
        Pool pool = of(given.isEmpty() ? dialect.recipeTypes() : given);
        requireComplete(pool);
        return pool;
    }

    /** Whether a recipe of so many bytes chooses from exactly this. */
    boolean isFor(Pool pool, long bytes) throws RecipeException, RefusedException {
        Pool own = of(types(bytes));
        return pool.types.equals((isEnough(own, bytes) ? own : all()).types);
    }

    /** What recipes of any size choose from, that of the smallest sizes first. */
    List<Pool> pools() throws RecipeException, RefusedException {
        List<Pool> all = new ArrayList<>(List.of(all()));
        if (given.isEmpty()) {
            for (List<GgmlType> types : Ladder.all(dialect, losses.shares())) {
                all.add(of(types));
            }
        }
        return all.stream().filter(Pool::isComplete).distinct().toList();
    }

    private List<GgmlType> types(long budget) {
        return given.isEmpty() ? Ladder.of(dialect, budget * 8.0 / model.elements(), losses.shares()) : given;
    }

    private boolean isEnough(Pool pool, long budget) {
        return !given.isEmpty() || pool.isComplete() && pool.leastBytes <= budget;
    }

    private Pool of(List<GgmlType> types) throws RecipeException, RefusedException {
        Pool pool = pools.get(types);
        if (pool == null) {
            pool = Pool.of(types, groups(types), fixedBytes);
            pools.put(types, pool);
        }
        return pool;
    }

    private void requireComplete(Pool pool) throws RecipeException {
        for (Group group : pool.groups) {
            if (group.combinations.isEmpty()) {
                throw new RecipeException("no type is left for " + group.label() + ": " + whyNone(group, pool.types),
                        Remedy.TYPES);
            }
        }
    }

    private String withoutImatrix(List<GgmlType> types) {
        boolean demanding = types.stream().anyMatch(type -> tensors.stream()
                .anyMatch(tensor -> dialect.needsEntry(tensor.name(), type, options.base())));
        return demanding && quantize.imatrix().isEmpty()
                ? "; an importance matrix allows for types that demand one"
                : "";
    }

    private void requirePinned() throws RecipeException {
        for (RecipeOptions.Pin pin : options.pins()) {
            if (tensors.stream().noneMatch(tensor -> pin.names().test(tensor.name()))) {
                throw new RecipeException(pin.label() + " matches no tensor of " + model.name()
                        + " that is quantized" + (model.hasTiedEmbeddings() && pin.names().test("output.weight")
                                ? ": token_embd.weight is the output too, choose the type of the token embeddings"
                                : ""));
            }
        }
    }

    /** The types that the user wants, or has measured; empty for none. */
    private List<GgmlType> given() throws RecipeException {
        for (GgmlType type : options.types()) {
            if (losses.sensitivity().isEmpty() && Double.isNaN(losses.distortion().of(type, true))) {
                throw new RecipeException("no distortion is known for " + dialect.nameOf(type)
                        + ": leave it out, or supply one", Remedy.DISTORTION);
            }
        }
        return options.types().isEmpty()
                ? losses.sensitivity().map(Sensitivity::types).orElse(List.of())
                : options.types();
    }

    private String size(long bytes) {
        return String.format(Locale.ROOT, "%,d bytes (%.2f MiB, %.4f bpw)", bytes, bytes / (double) (1 << 20),
                bytes * 8.0 / model.elements());
    }

    private Collection<Members> groups() {
        Map<String, List<Sort>> sorts = new HashMap<>();
        Map<String, Members> groups = new LinkedHashMap<>();
        for (TensorInfo tensor : tensors) {
            TensorName name = TensorName.of(tensor.name());
            String anyLayer = name.hasLayer() ? name.inLayer(0) : name.name();
            Sort sort = sort(tensor, name.kind(), sorts.computeIfAbsent(anyLayer, _ -> new ArrayList<>()));
            groups.computeIfAbsent(group(name), _ -> new Members()).add(tensor, sort);
        }
        return groups.values();
    }

    private Sort sort(TensorInfo tensor, String kind, List<Sort> known) {
        Map<String, Long> entries = quantize.imatrix().orElse(Map.of());
        Optional<Long> entry = dialect.entry(tensor.name(), entries).map(entries::get);
        for (Sort sort : known) {
            if (sort.isOf(tensor, entry)) {
                return sort;
            }
        }
        Sort sort = new Sort(tensor, entry, kind);
        known.add(sort);
        return sort;
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

    private List<Group> groups(List<GgmlType> types) throws RecipeException, RefusedException {
        // The same tensors of another layer are mostly of the same sorts.
        Map<List<Sort>, Collection<List<GgmlType>>> storedAs = new HashMap<>();
        List<Group> all = new ArrayList<>(groups.size());
        for (Members members : groups) {
            all.add(group(members, types, storedAs));
        }
        return all;
    }

    /** Rows that no block fits stay at 16 bits. */
    private Group group(Members members, List<GgmlType> types, Map<List<Sort>, Collection<List<GgmlType>>> storedAs)
            throws RecipeException, RefusedException {
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
                if (!Double.isNaN(option.loss)) {
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

    private String whyNone(Group group, List<GgmlType> types) {
        Optional<RecipeOptions.Pin> pin = options.pin(group.tensors.getFirst().name());
        Optional<String> unknown = losses.sensitivity().flatMap(measured -> group.tensors.stream()
                .map(TensorInfo::name).filter(name -> !measured.knows(name)).findFirst());
        if (unknown.isPresent()) {
            return losses.sensitivity().get().file() + " has no value for " + unknown.get()
                    + "; add one, or choose its type";
        }
        if (pin.isEmpty() && types.stream().noneMatch(type -> group.tensors.stream()
                .allMatch(tensor -> options.allows(TensorName.of(tensor.name()).kind(), type)))) {
            return "the limits exclude all of "
                    + String.join(", ", types.stream().map(dialect::nameOf).toList());
        }
        return (pin.isPresent() ? pin.get().label() + " gives it one that " : "each type that may be chosen ")
                + "demands an entry of an importance matrix, which it has not, does not fit its shape, "
                + (options.limits().isEmpty() ? "" : "is stored as a type that the limits exclude, ")
                + "or has no known"
                + " distortion";
    }

    /** What members are stored as for each type that all of them may have. Types that are stored as the same count once. */
    private Collection<List<GgmlType>> storedAs(Members members, Collection<GgmlType> types, boolean limited)
            throws RefusedException {
        Set<List<GgmlType>> all = new LinkedHashSet<>();
        for (GgmlType type : types) {
            List<GgmlType> stored = new ArrayList<>();
            for (Sort sort : members.sorts) {
                Optional<GgmlType> each = storedAs(sort, type);
                if (each.isPresent() && (!limited || options.allows(sort.kind, each.get()))) {
                    stored.add(each.get());
                }
            }
            if (stored.size() == members.sorts.size()) {
                all.add(stored);
            }
        }
        return all;
    }

    /** The type that the quantizer would store in place of another; empty if it would not. */
    private Optional<GgmlType> storedAs(Sort sort, GgmlType type) throws RefusedException {
        Optional<GgmlType> stored = sort.storedAs.get(type);
        if (stored == null) {
            stored = stored(sort.first, type);
            sort.storedAs.put(type, stored);
        }
        return stored;
    }

    /** A tensor stored as this type; its loss is NaN if that is not known. */
    private Option option(TensorInfo tensor, GgmlType type, Map<GgmlType, Option> known) throws RecipeException {
        Option option = known.get(type);
        if (option == null) {
            option = new Option(type, dialect.bytes(type, tensor), losses.of(tensor, type));
            known.put(type, option);
        }
        if (option.loss > MOST_LOSS) {
            throw new RecipeException("tensor '" + tensor.name() + "': its loss in " + dialect.nameOf(type) + " is "
                    + option.loss + ", beyond " + MOST_LOSS
                    + ": give smaller figures", Remedy.LOSSES);
        }
        return option;
    }

    /** What the simulation makes of a tensor that stands alone under a rule for everything. */
    private Optional<GgmlType> stored(TensorInfo tensor, GgmlType type) throws RefusedException {
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
    private QuantizeOptions everywhere(GgmlType type) throws RefusedException {
        QuantizeOptions known = everywhere.get(type);
        if (known == null) {
            // An empty pattern is found in every name.
            known = quantize.withRules(List.of(dialect.rule("", type)));
            everywhere.put(type, known);
        }
        return known;
    }
}
