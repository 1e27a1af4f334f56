package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.TensorStats;

/**
 * One type for the most, or the least, important share of each kind of tensors, all others as the base type has them: what
 * can be said without the model. (The layer-wise quantization of arXiv 2406.17415 and of llama.cpp PR 12718.)
 *
 * @param tensors  that get the type
 * @param rules    which match these and no others of the importance matrix
 * @param ofKind   tensors by kind that were ranked
 * @param warnings one sentence each
 */
public record Promotion(GgmlType type, List<TensorName> tensors, List<Rule> rules, Map<String, Integer> ofKind,
        List<String> warnings) {
    /** Rows of a tensor are not known without the model; it takes this many to store several at once. */
    private static final long SOME_ROWS = 256;

    /**
     * Ranks the tensors of each kind that occurs in several layers.
     *
     * @param share of each kind, above 0 and at most 1; rounded, but one tensor at least
     * @param least whether the least important ones get the type
     * @param kinds which kinds
     * @param base  gives all others a type
     * @throws RecipeException if there are none
     */
    public static Promotion of(Report report, Ranking ranking, double share, boolean least, GgmlType type,
            Predicate<String> kinds, Dialect dialect, BaseType base) throws RecipeException, RefusedException {
        Map<String, GgmlType> types = new LinkedHashMap<>();
        Map<String, Integer> ofKind = new LinkedHashMap<>();
        List<TensorName> chosen = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Map<String, Long> alike = new LinkedHashMap<>();
        for (KindStats kind : report.kinds()) {
            List<TensorStats> ordered = ranking.ordered(kind).stream()
                    .filter(tensor -> tensor.name().hasLayer() && dialect.mayQuantize(matrix(tensor))).toList();
            if (ordered.size() < 2 || !kinds.test(kind.kind())) {
                continue;
            }
            int count = Math.max(1, (int) Math.round(share * ordered.size()));
            List<TensorStats> ranked = ordered.stream().filter(ranking::defined).toList();
            if (ranked.size() < count) {
                warnings.add(kind.kind() + ": " + ranking + " is defined for " + ranked.size() + " of "
                        + ordered.size() + " tensors only");
                count = ranked.size();
            }
            List<TensorStats> best = least
                    ? ranked.subList(ranked.size() - count, ranked.size())
                    : ranked.subList(0, count);
            int cut = least ? ranked.size() - count : count;
            if (cut > 0 && cut < ranked.size() && ranking.alike(ranked.get(cut - 1), ranked.get(cut))) {
                alike.put(kind.kind(),
                        ranked.stream().filter(tensor -> ranking.alike(tensor, ranked.get(cut))).count());
            }
            best.forEach(tensor -> types.put(tensor.name().name(), type));
            best.forEach(tensor -> chosen.add(tensor.name()));
            ofKind.put(kind.kind(), ordered.size());
        }
        ArbitraryCut.of(alike).ifPresent(warnings::add);
        if (chosen.isEmpty()) {
            throw new RecipeException("no tensors to choose from: a kind needs two layers with data"
                    + " and a name that " + dialect.name() + " quantizes");
        }
        contrary(report, types, least, dialect, base).ifPresent(warnings::add);
        List<String> names = report.tensors().stream().map(tensor -> tensor.name().name()).toList();
        List<Rule> rules = new RuleSet(dialect, names, false).rules(types);
        verify(rules, names, types);
        return new Promotion(type, chosen, rules, ofKind, warnings);
    }

    /** What to say of tensors that the base type itself would give more than they are raised to, or less. */
    private static Optional<String> contrary(Report report, Map<String, GgmlType> types, boolean least,
            Dialect dialect, BaseType base) {
        List<TensorInfo> tensors = report.tensors().stream().map(Promotion::matrix).toList();
        int layers = report.tensors().stream().mapToInt(tensor -> tensor.name().block()).max().orElse(0) + 1;
        int experts = report.tensors().stream().mapToInt(tensor -> tensor.entry().experts()).max().orElse(0);
        Model model = new Model("the tensors", "llama", layers, 1, experts, 0, 0, tensors);
        try {
            List<PlannedTensor> against = Plan
                    .of(dialect, model, QuantizeOptions.of(base).withImatrix(Map.of()).withIgnoreImatrixRules(true))
                    .tensors()
                    .stream().filter(tensor -> types.containsKey(tensor.name()))
                    .filter(tensor -> Math.signum(Ladder.bitsPerWeight(tensor.type())
                            - Ladder.bitsPerWeight(types.get(tensor.name()))) == (least ? -1 : 1))
                    .toList();
            return against.isEmpty()
                    ? Optional.empty()
                    : Optional.of(base + " itself gives " + against.size() + " of the " + types.size() + " tensors "
                            + (least ? "fewer" : "more") + " bits than the chosen type has, such as "
                            + against.getFirst().name() + " " + dialect.nameOf(against.getFirst().type())
                            + ": they are " + (least ? "raised" : "lowered"));
        } catch (RefusedException e) {
            // Only a model can tell.
            return Optional.empty();
        }
    }

    /** The tensor of a model, with any number of rows. */
    private static TensorInfo matrix(TensorStats tensor) {
        return new TensorInfo(tensor.name().name(), List.of(tensor.entry().columns(), SOME_ROWS), GgmlType.F16, 0, 0,
                0);
    }

    private static void verify(List<Rule> rules, List<String> names, Map<String, GgmlType> types)
            throws RefusedException {
        for (String name : names) {
            List<GgmlType> given = new ArrayList<>();
            for (Rule rule : rules) {
                if (rule.matches(name)) {
                    given.add(rule.type());
                }
            }
            List<GgmlType> wanted = types.containsKey(name) ? List.of(types.get(name)) : List.of();
            if (!given.equals(wanted)) {
                throw new IllegalStateException("the rules give " + name + " " + given + ", not " + wanted);
            }
        }
    }
}
