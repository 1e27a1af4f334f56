package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.imatrix.Remedy;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.stats.Report;

/**
 * Types for all tensors of a model that lose least within a number of bytes, and the rules that give them.
 *
 * @param options    what was wanted
 * @param budget     bytes of the data of all tensors, at most
 * @param types      that were chosen from
 * @param choices    per tensor that is quantized, in the order of the model
 * @param rules      which were run through the simulation of the quantizer and gave the same types
 * @param plan       what that answered
 * @param loss       Σ of the losses of all choices
 * @param lowerBound no choice of types within the budget loses less
 * @param mostBytes  what the model would take at most with these types and options
 */
public record Recipe(RecipeOptions options, long budget, List<GgmlType> types, List<TypeChoice> choices,
        List<Rule> rules,
        Plan plan, double loss, double lowerBound, long mostBytes) {
    /** The types that a recipe for any size may give: those to choose from, and what shapes demand in their place. */
    public static List<GgmlType> candidates(RecipeOptions options, Model model) {
        List<GgmlType> types = options.types().isEmpty() ? options.dialect().recipeTypes() : options.types();
        boolean fitAll = model.tensors().stream().filter(options.dialect()::mayQuantize)
                .allMatch(tensor -> types.stream().allMatch(type -> tensor.ne0() % type.blockSize() == 0));
        Stream<GgmlType> fallbacks = fitAll
                ? Stream.empty()
                : types.stream().map(options.dialect()::fallback).filter(Objects::nonNull);
        return Stream.concat(types.stream(), fallbacks).distinct().toList();
    }

    /** How much more than the least possible the recipe may lose, as a share; 0 if it is proven to lose least. */
    public double gap() {
        return new Knapsack.Solution(new int[0], 0, loss, lowerBound).gap();
    }

    /**
     * What to say where tensors that are alike get different types; empty where losses were measured.
     *
     * @param report the figures of the importance matrix; empty without one
     */
    public Optional<String> arbitraryCut(Losses losses, Optional<Report> report, Ranking ranking) {
        return losses.sensitivity().isPresent() || losses.errors().isPresent()
                ? Optional.empty()
                : ArbitraryCut.of(choices, report, ranking);
    }

    /**
     * Finds it.
     *
     * @param imatrix values per entry of the importance matrix; empty without one
     * @throws RecipeException  if there is none: the message says what is possible
     * @throws RefusedException if the quantizer refuses the model
     */
    public static Recipe within(long budget, Model model, RecipeOptions options, Losses losses,
            Optional<Map<String, Long>> imatrix) throws RecipeException, RefusedException {
        return new Search(budget, model, options, losses, imatrix).recipe();
    }

    /** A type that a tensor may have, as it will be stored. */
    private record Option(GgmlType type, long bytes, double loss) {
    }

    /** Tensors that get one type, and what each of them is stored as for each type that all of them may have. */
    private record Group(List<TensorInfo> tensors, List<List<Option>> options) {
        Knapsack.Item item() {
            return new Knapsack.Item(
                    options.stream().mapToLong(each -> each.stream().mapToLong(Option::bytes).sum()).toArray(),
                    options.stream().mapToDouble(each -> each.stream().mapToDouble(Option::loss).sum()).toArray());
        }

        String label() {
            return String.join(" and ", tensors.stream().map(TensorInfo::name).toList())
                    + (tensors.size() > 1 ? ", which get one type" : "");
        }
    }

    private static final class Search {
        private static final int SMALLEST_BLOCK = 32;
        /** Far below the largest double: losses are added, and multiplied by bytes. */
        private static final double MOST_LOSS = 1e200;

        /** By all that it depends on: the shape, both types, the size of the entry, and the name but for its layer. */
        private final Map<String, Optional<GgmlType>> storedAs = new HashMap<>();
        private final long budget;
        private final Model model;
        private final RecipeOptions options;
        private final Losses losses;
        private final Dialect dialect;
        private final QuantizeOptions quantize;
        private final List<TensorInfo> tensors;
        private final long fixedBytes;

        Search(long budget, Model model, RecipeOptions options, Losses losses, Optional<Map<String, Long>> imatrix)
                throws RefusedException {
            this.budget = budget;
            this.model = model;
            this.options = options;
            this.losses = losses;
            this.dialect = options.dialect();
            QuantizeOptions plain = QuantizeOptions.of(options.base());
            this.quantize = imatrix.isPresent() ? plain.withImatrix(imatrix.get()) : plain;
            this.tensors = model.tensors().stream().filter(dialect::mayQuantize).toList();
            this.fixedBytes = model.tensors().stream().filter(tensor -> !dialect.mayQuantize(tensor))
                    .mapToLong(tensor -> dialect.bytes(tensor.ggmlType(), tensor)).sum();
        }

        Recipe recipe() throws RecipeException, RefusedException {
            if (tensors.isEmpty()) {
                throw new RecipeException(model.name() + ": has no tensor that " + dialect.name() + " quantizes");
            }
            // Refuses what the quantizer does whatever the types.
            Plan.of(dialect, model, quantize.withRules(List.of(everywhere(GgmlType.F16))));
            requirePinned();
            List<GgmlType> given = given();
            List<GgmlType> types = given.isEmpty() ? Ladder.of(dialect, budget * 8.0 / model.elements()) : given;
            List<Group> groups = groups(types);
            if (given.isEmpty() && !suffice(groups)) {
                types = dialect.recipeTypes();
                groups = groups(types);
            }
            for (Group group : groups) {
                if (group.options.isEmpty()) {
                    throw new RecipeException("no type is left for " + group.label() + ": " + whyNone(group, types),
                            Remedy.TYPES);
                }
            }
            List<Knapsack.Item> items = groups.stream().map(Group::item).toList();
            if (leastBytes(groups) > budget) {
                throw new RecipeException(model.name() + ": cannot be made as small as " + size(budget)
                        + " with these types and options; possible sizes: " + size(leastBytes(groups)) + " to "
                        + size(fixedBytes + Knapsack.mostBytes(items))
                        + withoutImatrix(types));
            }
            return recipe(types, groups, Knapsack.solve(items, budget - fixedBytes),
                    fixedBytes + Knapsack.mostBytes(items));
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

        /** Whether all tensors have a type to choose, and fit the budget in the smallest ones. */
        private boolean suffice(List<Group> groups) {
            return groups.stream().noneMatch(group -> group.options.isEmpty()) && leastBytes(groups) <= budget;
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

        private long leastBytes(List<Group> groups) {
            return fixedBytes + Knapsack.leastBytes(groups.stream().map(Group::item).toList());
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
                    String kind = TensorName.of(tensor.name()).kind();
                    option(tensor, type).filter(option -> noChoice || options.allows(kind, option.type))
                            .ifPresent(stored::add);
                }
                if (stored.size() == members.size()) {
                    available.add(stored);
                }
            }
            return unused && !available.isEmpty()
                    ? new Group(members, List.of(smallest(available)))
                    : new Group(members, available.stream().filter(each -> !isBeaten(each, available)).toList());
        }

        /** What tensors that are never computed with can have: the types of the dialect too, whatever the target. */
        private List<GgmlType> needingNoEntry(List<GgmlType> types) {
            return Stream.concat(types.stream(), dialect.recipeTypes().stream()).distinct()
                    .filter(type -> !dialect.needsEntry(type)).toList();
        }

        private static List<Option> smallest(Collection<List<Option>> available) {
            return available.stream().min(Comparator.comparingLong(
                    (List<Option> each) -> each.stream().mapToLong(Option::bytes).sum())).orElseThrow();
        }

        /** Whether copying the tensors takes no more bytes: a larger type than the present one gains nothing. */
        private static boolean isBeaten(List<Option> stored, Collection<List<Option>> available) {
            long bytes = stored.stream().mapToLong(Option::bytes).sum();
            double loss = stored.stream().mapToDouble(Option::loss).sum();
            return loss > 0 && available.stream()
                    .anyMatch(other -> other.stream().allMatch(each -> each.loss == 0)
                            && other.stream().mapToLong(Option::bytes).sum() <= bytes);
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

        /** The tensor in a type as the quantizer would store it; empty if it would not, or if the loss is not known. */
        private Optional<Option> option(TensorInfo tensor, GgmlType type) throws RecipeException, RefusedException {
            TensorName name = TensorName.of(tensor.name());
            Map<String, Long> entries = quantize.imatrix().orElse(Map.of());
            String sort = tensor.dims() + " " + tensor.ggmlType() + " "
                    + dialect.entry(tensor.name(), entries).map(entries::get)
                    + " " + type + " " + (name.hasLayer() ? name.inLayer(0) : name);
            Optional<GgmlType> stored = storedAs.get(sort);
            if (stored == null) {
                stored = stored(tensor, type);
                storedAs.put(sort, stored);
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
                Plan plan = Plan.of(dialect, alone, quantize.withRules(List.of(everywhere(type))));
                PlannedTensor planned = plan.tensors().getFirst();
                boolean crashes = planned.type().crashesWithoutEntry() && planned.type() != tensor.ggmlType()
                        && !dialect.usesEntry(tensor, quantize.imatrix().orElse(Map.of()));
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

        private Recipe recipe(List<GgmlType> types, List<Group> groups, Knapsack.Solution solution, long mostBytes)
                throws RefusedException {
            Map<String, Option> chosen = new LinkedHashMap<>();
            for (int i = 0; i < groups.size(); i++) {
                Group group = groups.get(i);
                List<Option> option = group.options.get(solution.choices()[i]);
                for (int j = 0; j < group.tensors.size(); j++) {
                    chosen.put(group.tensors.get(j).name(), option.get(j));
                }
            }
            List<TypeChoice> choices = tensors.stream()
                    .map(tensor -> new TypeChoice(tensor, chosen.get(tensor.name()).type, losses.weight(tensor),
                            chosen.get(tensor.name()).loss, losses.hasEntry(tensor),
                            options.pin(tensor.name()).isPresent()))
                    .toList();
            Map<String, GgmlType> wanted = new LinkedHashMap<>();
            choices.forEach(choice -> wanted.put(choice.tensor().name(), choice.type()));
            Collection<String> names = model.tensors().stream().map(TensorInfo::name).toList();
            List<Rule> rules = new RuleSet(dialect, names, true).rules(wanted);
            Plan plan = verified(rules, wanted);
            return new Recipe(options, budget, types, choices, rules, plan, solution.cost(), solution.lowerBound(),
                    mostBytes);
        }

        /** The rules have to give back exactly the types, each tensor by one rule, each rule for some tensor. */
        private Plan verified(List<Rule> rules, Map<String, GgmlType> wanted) throws RefusedException {
            Plan plan = Plan.of(dialect, model, quantize.withRules(rules));
            Set<Rule> used = new HashSet<>();
            for (PlannedTensor tensor : plan.tensors()) {
                GgmlType expected = wanted.getOrDefault(tensor.name(), tensor.source().ggmlType());
                if (tensor.type() != expected) {
                    throw new IllegalStateException("the rules give " + tensor.name() + " "
                            + dialect.nameOf(tensor.type()) + ", not " + dialect.nameOf(expected));
                }
                verifyOneRule(rules, tensor);
                used.add(tensor.rule());
            }
            if (!used.containsAll(rules)) {
                throw new IllegalStateException("a rule matches no tensor: " + rules);
            }
            if (plan.quantBytes() > budget) {
                throw new IllegalStateException(plan.quantBytes() + " bytes, budget " + budget);
            }
            return plan;
        }

        private static void verifyOneRule(List<Rule> rules, PlannedTensor tensor) throws RefusedException {
            int matching = 0;
            for (Rule rule : rules) {
                matching += rule.matches(tensor.name()) ? 1 : 0;
            }
            if (matching != (tensor.quantized() ? 1 : 0)) {
                throw new IllegalStateException(tensor.name() + " is matched by " + matching + " rules");
            }
        }
    }
}
