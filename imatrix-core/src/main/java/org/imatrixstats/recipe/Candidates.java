package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
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
import org.imatrixstats.plan.Rule;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/**
 * What each tensor of a model may be stored as, its bytes and its losses. It is worked out once; recipes of any number of
 * sizes choose from it.
 */
final class Candidates {
    /** A type that a tensor may have, as it will be stored. */
    record Option(GgmlType type, long bytes, double loss) {
        // Those of a record are classes that the JVM makes at each start.

        @Override
        public boolean equals(Object other) {
            return other instanceof Option option && type == option.type && bytes == option.bytes
                    && Double.compare(loss, option.loss) == 0;
        }

        @Override
        public int hashCode() {
            return 31 * (31 * type.ordinal() + Long.hashCode(bytes)) + Double.hashCode(loss);
        }
    }

    private static long bytes(List<Option> options) {
        long bytes = 0;
        for (Option option : options) {
            bytes += option.bytes;
        }
        return bytes;
    }

    /** Tensors that get one type, and what each of them is stored as for each type that all of them may have. */
    record Group(List<TensorInfo> tensors, List<List<Option>> options) {
        Knapsack.Item item() {
            long[] bytes = new long[options.size()];
            double[] losses = new double[options.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = bytes(options.get(i));
                losses[i] = loss(options.get(i));
            }
            return new Knapsack.Item(bytes, losses);
        }

        String label() {
            return String.join(" and ", tensors.stream().map(TensorInfo::name).toList())
                    + (tensors.size() > 1 ? ", which get one type" : "");
        }
    }

    private static final int SMALLEST_BLOCK = 32;
    /** Far below the largest double: losses are added, and multiplied by bytes. */
    private static final double MOST_LOSS = 1e200;

    /** What is known of a tensor so far. */
    private static final class Known {
        private final String kind;
        private final Map<GgmlType, Optional<Option>> options = new EnumMap<>(GgmlType.class);
        /** What it is stored as for each type, shared with all tensors of its sort. */
        private final Map<GgmlType, Optional<GgmlType>> storedAs;

        Known(String kind, Map<GgmlType, Optional<GgmlType>> storedAs) {
            this.kind = kind;
            this.storedAs = storedAs;
        }
    }

    private final Map<String, Known> byTensor = new HashMap<>();
    /** By all that it depends on: the shape, both types, the size of the entry, and the name but for its layer. */
    private final Map<String, Map<GgmlType, Optional<GgmlType>>> storedAs = new HashMap<>();
    private final Map<List<GgmlType>, Pool> pools = new HashMap<>();
    private final Model model;
    private final RecipeOptions options;
    private final Losses losses;
    private final Dialect dialect;
    private final QuantizeOptions quantize;
    private final List<TensorInfo> tensors;
    private final long fixedBytes;
    private final List<GgmlType> given;

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
            List<Knapsack.Item> items = groups.stream().filter(group -> !group.options.isEmpty()).map(Group::item)
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
        this.tensors = model.tensors().stream().filter(dialect::mayQuantize).toList();
        this.fixedBytes = model.tensors().stream().filter(tensor -> !dialect.mayQuantize(tensor))
                .mapToLong(tensor -> dialect.bytes(tensor.ggmlType(), tensor)).sum();
        if (tensors.isEmpty()) {
            throw new RecipeException(model.name() + ": has no tensor that " + dialect.name() + " quantizes");
        }
        Plan.ofTypes(dialect, model, quantize.withRules(List.of(everywhere(GgmlType.F16))));
        requirePinned();
        this.given = given();
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
            List<GgmlType> ladder = dialect.recipeTypes();
            for (int from = 1; from < ladder.size(); from++) {
                all.add(of(Ladder.from(dialect, ladder.get(from))));
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
            if (group.options.isEmpty()) {
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

    private List<Group> groups(List<GgmlType> types) throws RecipeException, RefusedException {
        Map<String, List<TensorInfo>> members = new LinkedHashMap<>();
        for (TensorInfo tensor : tensors) {
            members.computeIfAbsent(groupKey(tensor), _ -> new ArrayList<>()).add(tensor);
        }
        List<Group> groups = new ArrayList<>();
        for (List<TensorInfo> group : members.values()) {
            groups.add(group(group, types));
        }
        return groups;
    }

    /** Tensors whose type is given stand alone. */
    private String groupKey(TensorInfo tensor) {
        TensorName name = TensorName.of(tensor.name());
        if (name.hasLayer() && options.pin(tensor.name()).isEmpty()) {
            for (Harmony harmony : List.of(Harmony.QKV, Harmony.QK, Harmony.GATE_UP)) {
                Optional<String> group = options.harmonies().contains(harmony)
                        ? harmony.group(name)
                        : Optional.empty();
                if (group.isPresent()) {
                    return name.inStack() + " " + group.get();
                }
            }
        }
        return tensor.name();
    }

    /** Types that are stored as the same count once. Rows that no block fits stay at 16 bits. */
    private Group group(List<TensorInfo> members, List<GgmlType> types) throws RecipeException, RefusedException {
        Set<List<Option>> available = new LinkedHashSet<>();
        Optional<RecipeOptions.Pin> pin = options.pin(members.getFirst().name());
        boolean noBlocks = members.stream().anyMatch(tensor -> tensor.ne0() % SMALLEST_BLOCK != 0);
        boolean noChoice = pin.isPresent() || noBlocks;
        boolean unused = members.stream().allMatch(tensor -> model.isUnused(tensor.name())) && !noChoice;
        for (GgmlType type : pin.isPresent()
                ? List.of(pin.get().type())
                : noBlocks ? List.of(GgmlType.F16) : withPresent(unused ? needingNoEntry(types) : types, members)) {
            List<Option> stored = new ArrayList<>();
            for (TensorInfo tensor : members) {
                Known known = known(tensor);
                Optional<Option> option = option(known, tensor, type);
                if (option.isPresent() && (noChoice || options.allows(known.kind, option.get().type))) {
                    stored.add(option.get());
                }
            }
            if (stored.size() == members.size()) {
                available.add(stored);
            }
        }
        return unused && !available.isEmpty()
                ? new Group(members, List.of(smallest(available)))
                : new Group(members, unbeaten(available));
    }

    /** What tensors that are never computed with can have: the types of the dialect too, whatever the target. */
    private List<GgmlType> needingNoEntry(List<GgmlType> types) {
        return Stream.concat(types.stream(), dialect.recipeTypes().stream()).distinct()
                .filter(type -> !dialect.needsEntry(type)).toList();
    }

    private static List<Option> smallest(Collection<List<Option>> available) {
        return available.stream().min((a, b) -> Long.compare(bytes(a), bytes(b))).orElseThrow();
    }

    /** Without those that take no fewer bytes than copying the tensors: a larger type than the present one gains nothing. */
    private static List<List<Option>> unbeaten(Collection<List<Option>> available) {
        long copied = Long.MAX_VALUE;
        for (List<Option> each : available) {
            if (loss(each) == 0) {
                copied = Math.min(copied, bytes(each));
            }
        }
        List<List<Option>> unbeaten = new ArrayList<>();
        for (List<Option> each : available) {
            if (!(loss(each) > 0) || bytes(each) < copied) {
                unbeaten.add(each);
            }
        }
        return unbeaten;
    }

    private static double loss(List<Option> options) {
        return options.size() == 1 ? options.getFirst().loss : options.stream().mapToDouble(Option::loss).sum();
    }

    /** The types to choose from and those that quants have already, which are copied if they keep theirs. */
    private Collection<GgmlType> withPresent(List<GgmlType> types, List<TensorInfo> members) {
        Set<GgmlType> all = new LinkedHashSet<>(types);
        members.stream().map(TensorInfo::ggmlType)
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

    private Known known(TensorInfo tensor) {
        Known known = byTensor.get(tensor.name());
        if (known == null) {
            TensorName name = TensorName.of(tensor.name());
            Map<String, Long> entries = quantize.imatrix().orElse(Map.of());
            String sort = tensor.dims() + " " + tensor.ggmlType() + " "
                    + dialect.entry(tensor.name(), entries).map(entries::get) + " "
                    + (name.hasLayer() ? name.inLayer(0) : name.name());
            known = new Known(name.kind(), storedAs.computeIfAbsent(sort, _ -> new EnumMap<>(GgmlType.class)));
            byTensor.put(tensor.name(), known);
        }
        return known;
    }

    /** The tensor in a type as the quantizer would store it; empty if it would not, or if the loss is not known. */
    private Optional<Option> option(Known known, TensorInfo tensor, GgmlType type)
            throws RecipeException, RefusedException {
        Optional<Option> option = known.options.get(type);
        if (option == null) {
            option = find(known, tensor, type);
            known.options.put(type, option);
        }
        return option;
    }

    private Optional<Option> find(Known known, TensorInfo tensor, GgmlType type)
            throws RecipeException, RefusedException {
        Optional<GgmlType> stored = known.storedAs.get(type);
        if (stored == null) {
            stored = stored(tensor, type);
            known.storedAs.put(type, stored);
        }
        Optional<Option> option = stored
                .map(each -> new Option(each, dialect.bytes(each, tensor), losses.of(tensor, each)))
                .filter(each -> !Double.isNaN(each.loss));
        if (option.isPresent() && option.get().loss > MOST_LOSS) {
            throw new RecipeException("tensor '" + tensor.name() + "': its loss in " + dialect.nameOf(type) + " is "
                    + option.get().loss + ", beyond " + MOST_LOSS
                    + ": give smaller figures", Remedy.LOSSES);
        }
        return option;
    }

    /** What the simulation makes of a tensor that stands alone under a rule for everything. */
    private Optional<GgmlType> stored(TensorInfo tensor, GgmlType type) throws RefusedException {
        Model alone = new Model(model.name(), model.architecture(), model.layers(), model.queryGroup(),
                model.experts(), model.vocabulary(), 0, List.of(tensor));
        try {
            Plan plan = Plan.ofTypes(dialect, alone, quantize.withRules(List.of(everywhere(type))));
            PlannedTensor planned = plan.tensors().getFirst();
            boolean crashes = dialect.crashesAt(planned, quantize.imatrix().orElse(Map.of()));
            return plan.missingImatrix().isEmpty() && !planned.isBroken() && !crashes
                    ? Optional.of(planned.type())
                    : Optional.empty();
        } catch (RefusedException e) {
            return Optional.empty();
        }
    }

    private Rule everywhere(GgmlType type) throws RefusedException {
        return dialect.rule(".*", type);
    }

}
