package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.recipe.knapsack.Knapsack;
import org.imatrixstats.recipe.knapsack.Solution;
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
        List<Rule> rules, Plan plan, double loss, double lowerBound, long mostBytes) {
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
        return Solution.gap(loss, lowerBound);
    }

    /**
     * What to say where tensors that are alike get different types; empty where losses were measured.
     *
     * @param report the figures of the importance matrix; empty where it does not rank the tensors
     */
    public Optional<String> arbitraryCut(Losses losses, Optional<Report> report, Ranking ranking) {
        return losses.sensitivity().isPresent() || losses.errors().isPresent()
                ? Optional.empty()
                : ArbitraryCut.of(choices, losses, report, ranking);
    }

    /** Chooses the types, writes the rules and tests them. */
    static Recipe within(long budget, Candidates candidates) throws RecipeException, RefusedException {
        return new Search(budget, candidates).recipe();
    }

    private record Search(long budget, Candidates candidates) {
        Recipe recipe() throws RecipeException, RefusedException {
            Pool pool = candidates.within(budget);
            Solution solution = Knapsack.solve(pool.items(), budget - pool.fixed());
            RecipeOptions options = candidates.options();
            List<TypeChoice> choices = choices(pool, solution);
            Map<String, GgmlType> wanted = new LinkedHashMap<>();
            choices.forEach(choice -> wanted.put(choice.tensor().name(), choice.type()));
            Collection<String> names = candidates.model().tensors().stream().map(TensorInfo::name).toList();
            List<Rule> rules = new RuleSet(options.dialect(), names, true).rules(wanted);
            return new Recipe(options, budget, pool.types(), choices, rules, verified(rules, wanted), solution.cost(),
                    solution.lowerBound(), pool.mostBytes());
        }

        /** In the order of the model; a solution is in the order of the groups. */
        private List<TypeChoice> choices(Pool pool, Solution solution) {
            Map<String, Pool.Option> chosen = new HashMap<>();
            pool.forEach(solution.choices(), (tensor, option) -> chosen.put(tensor.name(), option));
            Losses losses = candidates.losses();
            List<TypeChoice> choices = new ArrayList<>();
            for (TensorInfo tensor : candidates.tensors()) {
                Pool.Option option = chosen.get(tensor.name());
                choices.add(new TypeChoice(tensor, option.type(), losses.weight(tensor), option.loss(),
                        losses.hasEntry(tensor), candidates.options().pin(tensor.name()).isPresent()));
            }
            return List.copyOf(choices);
        }

        /** The rules have to give back exactly the types, each tensor by one rule, each rule for some tensor. */
        private Plan verified(List<Rule> rules, Map<String, GgmlType> wanted) throws RefusedException {
            Dialect dialect = candidates.options().dialect();
            Plan plan = Plan.of(dialect, candidates.model(), candidates.quantize().withRules(rules));
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
            if (tensor.quantized() != (tensor.rule() != null)) {
                throw new IllegalStateException(tensor.name() + " is matched by " + tensor.rule());
            }
            // The rule of a tensor is the first that matches.
            for (int i = rules.indexOf(tensor.rule()) + 1; i < rules.size(); i++) {
                if (rules.get(i).matches(tensor.name())) {
                    throw new IllegalStateException(tensor.name() + " is matched by " + rules.get(i) + " too");
                }
            }
        }
    }
}
